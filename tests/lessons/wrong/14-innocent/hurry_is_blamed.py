# outcome: not yet
# says: Waiting longer changes nothing
def rung_5(lab):
    trail = "filter protocol = 1 | stats sum(packets) as packets by interfaceId, srcAddr, action"
    return {"symptom": "answered", "evidence": trail, "cause": "nothing"}


def rung_6(lab):
    lab.build("flow_logs")
    return {"symptom": "answered", "evidence": "stats count(*)", "cause": "too early"}
