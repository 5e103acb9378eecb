# outcome: not yet
# says: the request is swallowed
requested = lab.ec2.create_vpc_peering_connection(VpcId=vpc_a, PeerVpcId=vpc_b)
renewed = requested["VpcPeeringConnection"]["VpcPeeringConnectionId"]
lab.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=renewed)
lab.ec2.replace_route(
    RouteTableId=routes_b, DestinationCidrBlock="10.1.0.0/16", VpcPeeringConnectionId=renewed
)
