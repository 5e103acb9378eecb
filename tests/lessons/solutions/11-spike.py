culprit = "10.2.1.77"
times = ask("""
    filter action = "REJECT" and srcAddr = "10.2.1.77"
    | stats min(@timestamp) as first, max(@timestamp) as last
""")
begins, ends = times["first"].iloc[0], times["last"].iloc[0]
