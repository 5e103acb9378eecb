# outcome: almost
# says: a NODATA line gave
def direction(line):
    """Which way the packets of a record went, seen from the interface that wrote it."""
    record = dict(zip(names, line.split()))
    own = address_of[record["interface-id"]]
    return "out" if record["srcaddr"] == own else "in"
