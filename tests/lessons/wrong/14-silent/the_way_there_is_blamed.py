# outcome: not yet
# says: if it were forward-route-missing, then there would
trail = "filter protocol = 1 | stats sum(packets) as packets by interfaceId, srcAddr, action"


def rung_3(lab):
    return {"symptom": "no answer", "evidence": trail, "cause": "forward-route-missing"}


def rung_4(lab):
    return {"symptom": "no answer", "evidence": trail, "cause": "forward-route-missing"}
