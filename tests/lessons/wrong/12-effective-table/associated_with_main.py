# outcome: not yet
# says: is associated with the main table
of_vpc_a = [
    {"Name": "vpc-id", "Values": [lab.find("vpc", "vpc-a")]},
    {"Name": "association.main", "Values": ["true"]},
]
[main] = lab.ec2.describe_route_tables(Filters=of_vpc_a)["RouteTables"]
lab.ec2.associate_route_table(RouteTableId=main["RouteTableId"], SubnetId=subnet_a)
