# outcome: not yet
# says: whose packet it was
query = """
    filter action="REJECT"
    | stats count(*) as refused by srcAddr
"""
