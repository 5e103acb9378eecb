# outcome: not yet
# says: they name the same two hosts the other way round
def conversations(at_nat, nat_address):
    rows = at_nat[(at_nat["pkt-dstaddr"] != nat_address) & (at_nat["pkt-srcaddr"] != nat_address)]
    return set(zip(rows["pkt-srcaddr"], rows["pkt-dstaddr"], strict=True))
