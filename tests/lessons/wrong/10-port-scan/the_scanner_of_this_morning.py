# outcome: almost
# says: one that stops after 11 different ports is not found
query = """
    filter action = "REJECT"
    | stats count_distinct(dstPort) as ports by srcAddr, dstAddr
    | filter ports > 50
"""
