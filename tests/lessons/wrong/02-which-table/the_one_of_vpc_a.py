# outcome: not yet
# says: belongs to vpc-a
table_of_subnet_b = table["RouteTableId"]
