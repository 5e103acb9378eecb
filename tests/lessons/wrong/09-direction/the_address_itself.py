# outcome: not yet
# says: is it the source of the record
def direction(line):
    """Which way the packets of a record went, seen from the interface that wrote it."""
    record = dict(zip(names, line.split()))
    own = address_of[record["interface-id"]]
    return own
