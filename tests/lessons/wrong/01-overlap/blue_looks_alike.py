# outcome: almost
# says: 10.11 and 10.1 are different numbers
can_be_joined = ["gold"]
