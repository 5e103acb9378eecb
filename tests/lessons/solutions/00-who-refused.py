query = """
    filter action="REJECT"
    | stats count(*) as refused by interfaceId
"""
