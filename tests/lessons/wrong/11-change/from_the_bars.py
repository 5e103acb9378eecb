# outcome: not yet
# says: max(@timestamp) and min(@timestamp), by action and interfaceId
last_accepted = "2026-01-05 09:40:00"
first_rejected = "2026-01-05 09:45:00"
