# outcome: not yet
# says: vpc-a has 10.1.0.0/16: there are addresses in both
vpc_c = find_or_create_vpc("vpc-c", "10.1.128.0/17")
