# outcome: not yet
# says: named as they are
def analyst(case):
    if not leads_across(case, "source", "target"):
        return "route there"
    if not leads_across(case, "target", "source"):
        return "route back"
    return "nothing"
