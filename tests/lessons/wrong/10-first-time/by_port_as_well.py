# outcome: not yet
# says: A third field there makes more groups
query = """
    filter action = "REJECT"
    | stats min(@timestamp) as first by srcAddr, dstAddr, dstPort
"""
