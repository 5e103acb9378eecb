# outcome: not yet
# says: your query raised
query = "filter protocol = 1 | stats count(*) by"
