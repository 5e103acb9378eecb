# outcome: not yet
# says: both VPCs belong to the account
range_of_b = "10.2.0.0/16"
range_of_c = "10.2.0.0/16"
cause = "incorrect account"
