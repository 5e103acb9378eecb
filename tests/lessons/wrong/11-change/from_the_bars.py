# outcome: not yet
# says: The beginning of a bar is not the time of a record
last_accepted = "2026-01-05 09:40:00"
first_rejected = "2026-01-05 09:45:00"
