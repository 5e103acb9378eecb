# outcome: not yet
# says: it cannot tell
query = "filter protocol = 1 | stats count(*) as records"
