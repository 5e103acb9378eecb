# outcome: not yet
# says: found both ids, so both exist
range_of_b = "10.2.0.0/16"
range_of_c = "10.2.0.0/16"
cause = "incorrect VPC-ID"
