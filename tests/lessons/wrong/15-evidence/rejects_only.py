# outcome: not yet
# says: it finds the same with another cause
query = 'filter action = "REJECT" | stats count(*) by interfaceId, srcAddr'
