# outcome: not yet
# says: counts different ports
query = """
    filter action = "REJECT"
    | stats count(*) as ports by srcAddr, dstAddr
    | filter ports > 10
"""
