# outcome: not yet
# says: no record came through the filter
query = """
    filter action = "reject"
    | stats count(*) as numRejections by srcAddr
    | sort numRejections desc
    | limit 10
"""
