# outcome: almost
# says: the star
actions = ["ec2:*"]
