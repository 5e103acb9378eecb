# outcome: not yet
# says: spelt as the records spell them
query = """
    filter action="REJECT"
    | stats count(*) as refused by interface
"""
