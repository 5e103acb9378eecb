# routes_a is the table and peering the way. Which destination?
lab.ec2.create_route(
    RouteTableId=routes_a,
    DestinationCidrBlock=lab.ec2.describe_vpcs(VpcIds=[vpc_b])["Vpcs"][0]["CidrBlock"],
    VpcPeeringConnectionId=peering,
)
