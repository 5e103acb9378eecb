# outcome: almost
# says: is a blackhole
requested = lab.ec2.create_vpc_peering_connection(VpcId=vpc_a, PeerVpcId=vpc_b)
renewed = requested["VpcPeeringConnection"]["VpcPeeringConnectionId"]
lab.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=renewed)
for table, cidr in {routes_a: "10.2.1.0/24", routes_b: "10.1.1.0/24"}.items():
    lab.ec2.create_route(
        RouteTableId=table, DestinationCidrBlock=cidr, VpcPeeringConnectionId=renewed
    )
