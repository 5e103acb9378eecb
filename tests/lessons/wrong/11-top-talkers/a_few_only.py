# outcome: almost
# says: 3 of
query = """
    filter action = "ACCEPT"
    | stats sum(bytes) as bytesSent by srcAddr
    | sort bytesSent desc
    | limit 3
"""
