# outcome: almost
# says: cases come out right
def first_gap(seen):
    if "REJECT" in seen:
        return "filter"
    if None not in seen:
        return "nothing"
    return ["way there", "host or way back", "host or way back", "way back"][seen.index(None)]
