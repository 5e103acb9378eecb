def connectivity(lab):
    """How many of two pings are answered, in each direction."""
    return {
        "a to b": lab.ping("app-a", "app-b", count=2).received,
        "b to a": lab.ping("app-b", "app-a", count=2).received,
    }
