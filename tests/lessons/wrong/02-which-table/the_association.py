# outcome: not yet
# says: is an association
main_of_b = [
    {"Name": "vpc-id", "Values": [vpc_b]},
    {"Name": "association.main", "Values": ["true"]},
]
[main_table_b] = lab.ec2.describe_route_tables(Filters=main_of_b)["RouteTables"]
table_of_subnet_b = main_table_b["Associations"][0]["RouteTableAssociationId"]
