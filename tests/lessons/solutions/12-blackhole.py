# Four calls: request, accept, and one replace_route for each table.
requested = lab.ec2.create_vpc_peering_connection(VpcId=vpc_a, PeerVpcId=vpc_b)
renewed = requested["VpcPeeringConnection"]["VpcPeeringConnectionId"]
lab.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=renewed)
for table, cidr in {routes_a: "10.2.0.0/16", routes_b: "10.1.0.0/16"}.items():
    lab.ec2.replace_route(
        RouteTableId=table, DestinationCidrBlock=cidr, VpcPeeringConnectionId=renewed
    )
