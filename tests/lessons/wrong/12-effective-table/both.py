# outcome: almost
# says: has a route of its own left over
of_vpc_a = [
    {"Name": "vpc-id", "Values": [lab.find("vpc", "vpc-a")]},
    {"Name": "association.main", "Values": ["true"]},
]
[main] = lab.ec2.describe_route_tables(Filters=of_vpc_a)["RouteTables"]
lab.ec2.create_route(
    RouteTableId=main["RouteTableId"],
    DestinationCidrBlock="10.2.0.0/16",
    VpcPeeringConnectionId=lab.find("vpc-peering-connection", "a-to-b"),
)
lab.ec2.associate_route_table(RouteTableId=routes_a, SubnetId=subnet_a)
