# outcome: not yet
# says: a dict with symptom, evidence, cause
def rung_9(lab):
    return "delivery-role-may-not-write"


def rung_10(lab):
    return "flow-log-missing"
