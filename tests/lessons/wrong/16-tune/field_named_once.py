# outcome: not yet
# says: Invalid filter pattern
pattern = (
    "[version, account, eni, source, destination, srcport, destport = 22 || 3389, "
    "protocol = 6, packets, bytes, start, end, action = REJECT, status]"
)
threshold = 2
