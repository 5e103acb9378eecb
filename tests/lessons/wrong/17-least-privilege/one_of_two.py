# outcome: not yet
# says: change its groups
actions = ["ec2:DescribeNetworkInterfaces"]
