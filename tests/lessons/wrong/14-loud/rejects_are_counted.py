# outcome: not yet
# says: the query finds the same with another cause
def rung_2(lab):
    lab.build("flow_logs")
    counted = 'filter action = "REJECT" and protocol = 1 | stats count(*)'
    return {"symptom": "no answer", "evidence": counted, "cause": "acl-denies-reply-out"}
