# outcome: not yet
# says: which of the two ports you ask
pattern = (
    "[version, account, eni, source, destination, srcport = 22 || srcport = 3389, destport, "
    "protocol = 6, packets, bytes, start, end, action = REJECT, status]"
)
