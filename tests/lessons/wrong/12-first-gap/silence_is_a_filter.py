# outcome: not yet
# says: A filter that says no writes REJECT
def first_gap(seen):
    return "nothing" if seen == ["ACCEPT"] * 4 else "filter"
