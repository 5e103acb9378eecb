# outcome: not yet
# says: cannot be wrong in this network
def rung_7(lab):
    causes = ["acl-denies-request-in", "acl-without-ephemeral-ports"]
    return {"symptom": "no answer", "evidence": trail, "cause": causes}


def rung_8(lab):
    return {"symptom": ____, "evidence": ____, "cause": ____}
