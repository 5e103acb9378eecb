# outcome: not yet
# says: the lab has a VPC named 'VPC-C'
vpc_c = find_or_create_vpc("VPC-C", "10.3.0.0/16")
