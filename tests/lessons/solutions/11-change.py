times = ask("""
    filter srcAddr = "10.1.1.30" and dstAddr = "10.2.1.20"
    | stats max(@timestamp) as last, min(@timestamp) as first by interfaceId, action
""")
refused = times[times["action"] == "REJECT"].iloc[0]
before = times[(times["interfaceId"] == refused["interfaceId"]) & (times["action"] == "ACCEPT")]
last_accepted = before["last"].iloc[0]
first_rejected = refused["first"]
