# outcome: not yet
# says: those are numbers of records
query = """
    filter action = "ACCEPT"
    | stats count(*) as bytesSent by srcAddr
    | sort bytesSent desc
"""
