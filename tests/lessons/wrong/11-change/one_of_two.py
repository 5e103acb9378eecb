# outcome: almost
# says: The beginning of a bar is not the time of a record
first_rejected = ask("""
    filter srcAddr = "10.1.1.30" and action = "REJECT" | stats min(@timestamp) as first
""")["first"].iloc[0]
last_accepted = "2026-01-05 09:40:00"
