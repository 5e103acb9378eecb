# outcome: not yet
# says: the hosts that were knocked at
query = """
    filter action = "REJECT"
    | stats count(*) as numRejections by dstAddr
    | sort numRejections desc
    | limit 10
"""
