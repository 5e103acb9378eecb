# outcome: not yet
# says: a period without a single match reaches it
pattern = (
    "[version, account, eni, source, destination, srcport, destport, "
    "protocol = 6, packets, bytes, start, end, action = REJECT, status]"
)
threshold = 0
