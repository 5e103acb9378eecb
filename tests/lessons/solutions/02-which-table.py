main_of_b = [
    {"Name": "vpc-id", "Values": [vpc_b]},
    {"Name": "association.main", "Values": ["true"]},
]
table_of_subnet_b = lab.ec2.describe_route_tables(Filters=main_of_b)["RouteTables"][0]["RouteTableId"]
