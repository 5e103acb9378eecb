# outcome: not yet
# says: is the main route table of vpc-a
main_table_of_b = table["RouteTableId"]
