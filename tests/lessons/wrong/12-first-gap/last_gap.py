# outcome: not yet
# says: the *first* gap
def first_gap(seen):
    if "REJECT" in seen:
        return "filter"
    return "way back" if None in seen else "nothing"
