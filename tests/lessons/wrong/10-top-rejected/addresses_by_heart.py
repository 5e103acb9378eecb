# outcome: almost
# says: asked about another morning, with other hosts
query = """
    filter action = "REJECT" and srcAddr in ["10.2.1.77", "10.1.1.30", "10.1.1.10"]
    | stats count(*) as numRejections by srcAddr
    | sort numRejections desc
"""
