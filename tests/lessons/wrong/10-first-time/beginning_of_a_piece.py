# outcome: not yet
# says: the beginning of a piece comes out
query = """
    filter action = "REJECT"
    | stats min(datefloor(@timestamp, 5m)) as first by srcAddr, dstAddr
"""
