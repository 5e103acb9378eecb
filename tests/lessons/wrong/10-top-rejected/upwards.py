# outcome: almost
# says: Without a direction it sorts upwards
query = """
    filter action = "REJECT"
    | stats count(*) as numRejections by srcAddr
    | sort numRejections
    | limit 10
"""
