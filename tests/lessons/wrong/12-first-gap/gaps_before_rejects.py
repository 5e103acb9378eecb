# outcome: not yet
# says: A REJECT is asked for first
def first_gap(seen):
    if None in seen:
        return ["way there", "way there", "host or way back", "way back"][seen.index(None)]
    return "filter" if "REJECT" in seen else "nothing"
