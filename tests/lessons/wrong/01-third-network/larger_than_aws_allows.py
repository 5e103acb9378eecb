# outcome: not yet
# says: There is no vpc-c yet
# raises: InvalidVpc.Range
vpc_c = find_or_create_vpc("vpc-c", "10.8.0.0/13")
