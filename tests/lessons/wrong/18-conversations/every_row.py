# outcome: not yet
# says: rows with the NAT gateway itself at one end
def conversations(at_nat, nat_address):
    return set(zip(at_nat["pkt-srcaddr"], at_nat["pkt-dstaddr"], strict=True))
