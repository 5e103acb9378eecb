# outcome: not yet
# says: the words: "in" and "out", nothing else
def direction(line):
    record = dict(zip(names, line.split()))
    own = address_of[record["interface-id"]]
    if own == record["srcaddr"]:
        return "egress"
    return "ingress" if own == record["dstaddr"] else None


direction(line)
