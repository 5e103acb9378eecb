# outcome: not yet
# says: your query raised
query = """
    filter action="REJECT"
    | stat count(*) as refused by interfaceId
"""
