# outcome: not yet
# says: a list
can_be_joined = "blue, gold"
