# outcome: almost
# says: it holds 256 addresses
vpc_c = find_or_create_vpc("vpc-c", "10.3.0.0/24")
