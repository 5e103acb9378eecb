# outcome: not yet
# says: what was so when the ticket came in
def rung_5(lab):
    trail = "filter protocol = 1 | stats sum(packets) as packets by interfaceId, srcAddr, action"
    return {"symptom": "no answer", "evidence": trail, "cause": "nothing"}


def rung_6(lab):
    return {"symptom": ____, "evidence": ____, "cause": ____}
