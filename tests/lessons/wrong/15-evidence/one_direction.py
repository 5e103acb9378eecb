# outcome: not yet
# says: the query finds nothing, whatever is wrong
query = 'filter srcAddr = "10.1.1.10" and protocol = 17 | stats count(*) by interfaceId, action'
