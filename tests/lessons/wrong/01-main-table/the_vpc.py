# outcome: not yet
# says: is the id of a VPC
main_table_of_b = lab.find("vpc", "vpc-b")
