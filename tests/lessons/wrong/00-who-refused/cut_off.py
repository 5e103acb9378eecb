# outcome: almost
# says: 1 of 2 interfaces
query = """
    filter action="REJECT"
    | stats count(*) as refused by interfaceId
    | limit 1
"""
