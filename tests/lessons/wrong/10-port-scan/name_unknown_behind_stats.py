# outcome: not yet
# says: your query raised
query = """
    filter action = "REJECT"
    | stats count_distinct(dstPort) as ports by srcAddr, dstAddr
    | filter dstPort > 10
"""
