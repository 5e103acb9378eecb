# outcome: not yet
# says: then there would be a record of app-b, 10.1.1.10 > 10.2.1.10 REJECT
def rung_2(lab):
    refused = 'filter action = "REJECT" and protocol = 1 | stats count(*) by interfaceId, srcAddr'
    return {"symptom": "no answer", "evidence": refused, "cause": "icmp-rule-missing"}
