# outcome: not yet
# says: those are packets
query = """
    filter action = "ACCEPT"
    | stats sum(packets) as bytesSent by srcAddr
    | sort bytesSent desc
"""
