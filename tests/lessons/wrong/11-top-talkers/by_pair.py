# outcome: not yet
# says: what stands behind `by`
query = """
    filter action = "ACCEPT"
    | stats sum(bytes) as bytesSent by srcAddr, dstAddr
    | sort bytesSent desc
"""
