# outcome: almost
# says: a lone packet to a mistyped port
pattern = (
    "[version, account, eni, source, destination, srcport, destport, "
    "protocol = 6, packets, bytes, start, end, action = REJECT, status]"
)
threshold = 1
