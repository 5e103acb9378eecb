# outcome: not yet
# says: for vpc-c you say '10.3.0.0/16'
range_of_b = "10.2.0.0/16"
range_of_c = "10.3.0.0/16"
cause = "overlapping range"
