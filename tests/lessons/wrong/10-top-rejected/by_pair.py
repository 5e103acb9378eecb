# outcome: almost
# says: a row for each source *and* dstAddr
query = """
    filter action = "REJECT"
    | stats count(*) as numRejections by srcAddr, dstAddr
    | sort numRejections desc
    | limit 10
"""
