# outcome: not yet
# says: Both routes still lead to the old one
requested = lab.ec2.create_vpc_peering_connection(VpcId=vpc_a, PeerVpcId=vpc_b)
renewed = requested["VpcPeeringConnection"]["VpcPeeringConnectionId"]
lab.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=renewed)
