# outcome: not yet
# says: only pairs with more than 10 different ports
query = """
    filter action = "REJECT"
    | stats count_distinct(dstPort) as ports by srcAddr, dstAddr
    | filter ports > 0
"""
