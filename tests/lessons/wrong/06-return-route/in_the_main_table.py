# outcome: not yet
# says: does not use that table
of_vpc_b = [{"Name": "vpc-id", "Values": [vpc_b]}, {"Name": "association.main", "Values": ["true"]}]
[main_b] = lab.ec2.describe_route_tables(Filters=of_vpc_b)["RouteTables"]
lab.ec2.create_route(
    RouteTableId=main_b["RouteTableId"],
    DestinationCidrBlock="10.1.0.0/16",
    VpcPeeringConnectionId=peering,
)
