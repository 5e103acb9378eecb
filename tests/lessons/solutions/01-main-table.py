of_vpc_b = [{"Name": "vpc-id", "Values": [lab.find("vpc", "vpc-b")]}]
[table_b] = lab.ec2.describe_route_tables(Filters=of_vpc_b)["RouteTables"]
main_table_of_b = table_b["RouteTableId"]
