# outcome: not yet
# says: above what a locked-out host leaves
pattern = (
    "[version, account, eni, source, destination, srcport, destport, "
    "protocol = 6, packets, bytes, start, end, action = REJECT, status]"
)
threshold = 10
