# outcome: almost
# says: `count=2`
def connectivity(lab):
    """How many of two pings are answered, in each direction."""
    return {
        "a to b": lab.ping("app-a", "app-b").received,
        "b to a": lab.ping("app-b", "app-a").received,
    }
