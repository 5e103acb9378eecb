# outcome: not yet
# says: if it were forward-route-missing and return-route-missing, then there would be
def rung_9(lab):
    causes = ["forward-route-missing", "return-route-missing"]
    return {"symptom": "no answer", "evidence": "stats count(*)", "cause": causes}


def rung_10(lab):
    return {"symptom": ____, "evidence": ____, "cause": ____}
