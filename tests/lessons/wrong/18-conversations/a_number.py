# outcome: not yet
# says: a set of pairs
def conversations(at_nat, nat_address):
    return len(at_nat)
