# outcome: not yet
# says: 0 of
def analyst(case):
    return by_queries(case).upper()
