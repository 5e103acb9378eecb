query = """
    filter action = "ACCEPT"
    | stats sum(bytes) as bytesSent by srcAddr
    | sort bytesSent desc
"""
