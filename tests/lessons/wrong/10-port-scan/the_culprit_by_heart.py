# outcome: almost
# says: what the query takes for granted
query = """
    filter action = "REJECT" and srcAddr = "10.2.1.77"
    | stats count_distinct(dstPort) as ports by srcAddr, dstAddr
"""
