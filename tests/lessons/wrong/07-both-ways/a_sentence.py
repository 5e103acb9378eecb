# outcome: not yet
# says: a dict with the keys
def connectivity(lab):
    """How many of two pings are answered, in each direction."""
    return "all right"
