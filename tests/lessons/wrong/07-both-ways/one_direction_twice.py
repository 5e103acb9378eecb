# outcome: not yet
# says: nothing was sent from app-b to app-a
def connectivity(lab):
    """How many of two pings are answered, in each direction."""
    received = lab.ping("app-a", "app-b", count=2).received
    return {"a to b": received, "b to a": received}
