# outcome: not yet
# says: packets that never got anywhere
query = """
    filter logStatus = "OK"
    | stats sum(bytes) as bytesSent by srcAddr
    | sort bytesSent desc
"""
