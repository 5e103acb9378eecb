# outcome: not yet
# says: written down instead of measured
def connectivity(lab):
    """How many of two pings are answered, in each direction."""
    return {"a to b": 2, "b to a": 2}
