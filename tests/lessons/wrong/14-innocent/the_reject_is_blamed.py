# outcome: not yet
# says: if it were icmp-rule-missing, then there would be
trail = "filter protocol = 1 | stats sum(packets) as packets by interfaceId, srcAddr, action"


def rung_5(lab):
    return {"symptom": "answered", "evidence": trail, "cause": "icmp-rule-missing"}


def rung_6(lab):
    return {"symptom": ____, "evidence": ____, "cause": ____}
