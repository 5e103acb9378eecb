# outcome: not yet
# says: with other counts
query = """
    stats count(*) as refused by interfaceId
"""
