# outcome: not yet
# says: the cell before this check ran to its end, and what the check looks at is as it was
lab.ec2.replace_route(**default, GatewayId=igw)
