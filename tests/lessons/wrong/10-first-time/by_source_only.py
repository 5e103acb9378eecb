# outcome: not yet
# says: a column dstAddr
query = """
    filter action = "REJECT"
    | stats min(@timestamp) as first by srcAddr
"""
