# outcome: not yet
# says: a ping from app-a to app-b is still not answered
def rung_7(lab):
    lab.build("routes")
    causes = ["acl-denies-request-in", "return-route-missing"]
    return {"symptom": "no answer", "evidence": trail, "cause": causes}


def rung_8(lab):
    return {"symptom": ____, "evidence": ____, "cause": ____}
