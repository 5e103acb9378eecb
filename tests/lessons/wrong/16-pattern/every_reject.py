# outcome: not yet
# says: which field tells it from the records you want
pattern = (
    "[version, account, eni, source, destination, srcport, destport, "
    "protocol, packets, bytes, start, end, action = REJECT, status]"
)
