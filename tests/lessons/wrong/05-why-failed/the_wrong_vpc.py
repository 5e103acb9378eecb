# outcome: not yet
# says: for vpc-b you say '10.1.0.0/16'
range_of_b = "10.1.0.0/16"
range_of_c = "10.2.0.0/16"
cause = "overlapping range"
