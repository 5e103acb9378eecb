# outcome: almost
# says: one conversation comes out right
def conversations(at_nat, nat_address):
    asked = at_nat[(at_nat["dstaddr"] == nat_address) & (at_nat["pkt-dstaddr"] != nat_address)]
    first = asked.iloc[0]
    return {(first["pkt-srcaddr"], first["pkt-dstaddr"])}
