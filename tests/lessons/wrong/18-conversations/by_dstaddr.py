# outcome: not yet
# says: `dstaddr` is the NAT gateway. Look at
def conversations(at_nat, nat_address):
    asked = at_nat[at_nat["dstaddr"] == nat_address]
    asked = asked[asked["pkt-dstaddr"] != nat_address]
    return set(zip(asked["srcaddr"], asked["dstaddr"], strict=True))
