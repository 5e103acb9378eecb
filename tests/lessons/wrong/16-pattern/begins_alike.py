# outcome: almost
# says: `22*` is everything that begins with 22
pattern = (
    "[version, account, eni, source, destination, srcport, destport = 22* || destport = 3389, "
    "protocol = 6, packets, bytes, start, end, action = REJECT, status]"
)
