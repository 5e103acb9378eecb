# outcome: almost
# says: a third thing there splits a pair
query = """
    filter action = "REJECT"
    | stats count_distinct(dstPort) as ports by srcAddr, dstAddr, bin(5m)
    | filter ports > 10
"""
