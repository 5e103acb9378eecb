# outcome: not yet
# says: they are swapped
def direction(line):
    """Which way the packets of a record went, seen from the interface that wrote it."""
    record = dict(zip(names, line.split()))
    own = address_of[record["interface-id"]]
    return "out"
