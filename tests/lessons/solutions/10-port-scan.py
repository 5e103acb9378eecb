query = """
    filter action = "REJECT"
    | stats count_distinct(dstPort) as ports by srcAddr, dstAddr
    | filter ports > 10
"""
