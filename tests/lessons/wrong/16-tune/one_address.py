# outcome: not yet
# says: locked out in
pattern = (
    "[version, account, eni, source = 10.2.1.77, destination, srcport, destport, "
    "protocol, packets, bytes, start, end, action = REJECT, status]"
)
threshold = 2
