pattern = (
    "[version, account, eni, source, destination, srcport, destport = 22 || destport = 3389, "
    "protocol = 6, packets, bytes, start, end, action = REJECT, status]"
)
