def conversations(at_nat, nat_address):
    """Pairs of (inside host, outside host), out of the records of a NAT gateway's interface."""
    asked = at_nat[(at_nat["dstaddr"] == nat_address) & (at_nat["pkt-dstaddr"] != nat_address)]
    return set(zip(asked["pkt-srcaddr"], asked["pkt-dstaddr"], strict=True))


conversations(at_nat, address["PrivateIp"])
