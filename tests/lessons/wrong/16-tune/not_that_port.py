# outcome: almost
# says: chatter that has never been allowed, to one port or another
pattern = (
    "[version, account, eni, source, destination, srcport, destport != 514, "
    "protocol, packets, bytes, start, end, action = REJECT, status]"
)
threshold = 2
