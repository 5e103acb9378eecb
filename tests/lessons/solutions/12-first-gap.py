def first_gap(seen):
    """Where a ping was lost, from what the four interfaces wrote."""
    if "REJECT" in seen:
        return "filter"
    if None not in seen:
        return "nothing"
    return ["way there", "way there", "host or way back", "way back"][seen.index(None)]


first_gap(["ACCEPT", "ACCEPT", None, None])
