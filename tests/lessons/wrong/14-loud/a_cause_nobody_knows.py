# outcome: not yet
# says: Did you mean 'acl-denies-reply-out'
def rung_2(lab):
    refused = 'filter action = "REJECT" and protocol = 1 | stats count(*) by interfaceId, srcAddr'
    return {"symptom": "no answer", "evidence": refused, "cause": "acl-denies-replies-out"}
