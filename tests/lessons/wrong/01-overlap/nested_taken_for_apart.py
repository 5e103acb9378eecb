# outcome: not yet
# says: lies inside 10.1.0.0/16
can_be_joined = ["blue", "green", "gold"]
