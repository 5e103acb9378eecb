# outcome: not yet
# says: which is every record there is
query = """
    filter ispresent(srcAddr)
    | stats count(*) as numRejections by srcAddr
    | sort numRejections desc
    | limit 10
"""
