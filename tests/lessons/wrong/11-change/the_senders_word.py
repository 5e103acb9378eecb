# outcome: not yet
# says: it is batch-a that wrote ACCEPT
times = ask("""
    filter srcAddr = "10.1.1.30" and dstAddr = "10.2.1.20"
    | stats max(@timestamp) as last, min(@timestamp) as first by action
""").set_index("action")
last_accepted = times.loc["ACCEPT", "last"]
first_rejected = times.loc["REJECT", "first"]
