# outcome: not yet
# says: the name behind
query = """
    filter action = "ACCEPT"
    | stats sum(bytes) by srcAddr
"""
