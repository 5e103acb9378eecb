# outcome: almost
# says: asked about another morning, with other hosts
query = """
    filter action = "ACCEPT" and srcAddr like /10\.[12]\.1\.(10|20|30|77)$/
    | stats sum(bytes) as bytesSent by srcAddr
    | sort bytesSent desc
"""
