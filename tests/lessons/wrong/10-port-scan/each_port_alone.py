# outcome: not yet
# says: no rows
query = """
    filter action = "REJECT"
    | stats count_distinct(dstPort) as ports by srcAddr, dstAddr, dstPort
    | filter ports > 10
"""
