# outcome: almost
# says: it is not private
vpc_c = find_or_create_vpc("vpc-c", "11.3.0.0/16")
