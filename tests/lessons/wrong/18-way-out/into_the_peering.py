# outcome: not yet
# says: worker-a gets out to the internet by nat-a
peering = lab.find("vpc-peering-connection", "a-to-b")
lab.ec2.replace_route(**default, VpcPeeringConnectionId=peering)
