# outcome: not yet
# says: lets the lab take its own faults back
def rung_5(lab):
    trail = "filter protocol = 1 | stats sum(packets) as packets by interfaceId, srcAddr, action"
    return {"symptom": "answered", "evidence": trail, "cause": "nothing"}


def rung_6(lab):
    lab.repair_faults()
    rows = "stats count(*) as rows by logStatus"
    return {"symptom": "answered", "evidence": rows, "cause": "flow-log-writes-elsewhere"}
