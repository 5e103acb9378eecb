# outcome: not yet
# says: is pending-acceptance
lab.ec2.create_vpc_peering_connection(VpcId=vpc_a, PeerVpcId=vpc_b)
