# outcome: not yet
# says: the *last* rejection of each pair
query = """
    filter action = "REJECT"
    | stats max(@timestamp) as first by srcAddr, dstAddr
"""
