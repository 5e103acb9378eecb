# outcome: not yet
# says: a text in quotes
of_subnet_b = [{"Name": "association.subnet-id", "Values": [lab.find("subnet", "subnet-b")]}]
table_of_subnet_b = lab.ec2.describe_route_tables(Filters=of_subnet_b)["RouteTables"]
