# outcome: not yet
# says: ValueError
def first_gap(seen):
    if "REJECT" in seen:
        return "filter"
    return ["way there", "way there", "host or way back", "way back"][seen.index(None)]
