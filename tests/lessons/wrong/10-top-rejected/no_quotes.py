# outcome: not yet
# says: your query raised
query = """
    filter action == "REJECT"
    | stats count(*) as numRejections by srcAddr
    | sort numRejections desc
    | limit 10
"""
