# outcome: almost
# says: it finds the same as with a log that is dead
query = "filter protocol = 1 | stats count(*) by interfaceId, srcAddr, action"
