# outcome: not yet
# says: It blames an innocent network
def analyst(case):
    place = by_queries(case)
    return {"way there": "route there", "host or way back": "route back", "way back": "route back"}.get(place, place)
