# outcome: not yet
# says: records of this incident are gone
def rung_2(lab):
    lab.logs.delete_log_group(logGroupName=lab.log_group)
    refused = 'filter action = "REJECT" and protocol = 1 | stats count(*) by interfaceId, srcAddr'
    return {"symptom": "no answer", "evidence": refused, "cause": "acl-denies-reply-out"}
