# outcome: almost
# says: what all the chatter has in common
pattern = (
    "[version, account, eni, source, destination, srcport, destport, "
    "protocol, packets, bytes, start, end, action = REJECT, status]"
)
threshold = 2
