# outcome: not yet
# says: a text in quotes
of_vpc_b = [{"Name": "vpc-id", "Values": [lab.find("vpc", "vpc-b")]}]
main_table_of_b = lab.ec2.describe_route_tables(Filters=of_vpc_b)["RouteTables"]
