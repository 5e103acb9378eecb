# outcome: not yet
# says: there is no row for the internet now
lab.ec2.delete_route(**default)
