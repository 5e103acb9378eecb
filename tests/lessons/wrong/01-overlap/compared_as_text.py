# outcome: not yet
# says: where 10.0.0.0/14 ends
can_be_joined = ["grey", "gold"]
