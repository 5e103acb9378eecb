query = """
    filter action = "REJECT"
    | stats min(@timestamp) as first by srcAddr, dstAddr
"""
