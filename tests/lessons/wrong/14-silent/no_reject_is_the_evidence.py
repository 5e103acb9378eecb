# outcome: not yet
# says: the query finds the same with another cause
def rung_3(lab):
    none = 'filter action = "REJECT" and protocol = 1 | stats count(*)'
    return {"symptom": "no answer", "evidence": none, "cause": "return-route-in-main-table"}


def rung_4(lab):
    return {"symptom": ____, "evidence": ____, "cause": ____}
