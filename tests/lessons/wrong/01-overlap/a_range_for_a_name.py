# outcome: not yet
# says: leave the ranges out
can_be_joined = ["172.16.0.0/16"]
