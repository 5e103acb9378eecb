# outcome: almost
# says: the last but one field
pattern = (
    "[version, account, eni, source, destination, srcport, destport = 22 || destport = 3389, "
    "protocol = 6, packets, bytes, start, end, action, status]"
)
