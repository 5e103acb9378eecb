# outcome: not yet
# says: does not know the hosts of one morning by heart
pattern = (
    "[version, account, eni, source = 10.2.1.77 || source = 10.1.1.30, destination, srcport, "
    "destport, protocol, packets, bytes, start, end, action = REJECT, status]"
)
threshold = 2
