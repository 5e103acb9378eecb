# outcome: not yet
# says: which is no time
last_accepted = "in the morning"
first_rejected = "2026-01-05 09:48:40"
