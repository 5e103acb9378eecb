# outcome: not yet
# says: letter by letter
query = """
    filter action = "REJECT"
    | stats count(*) as numRejections by srcaddr
    | sort numRejections desc
    | limit 10
"""
