query = "stats count(*) as records by interfaceId, srcAddr, action, logStatus | sort interfaceId, srcAddr"
