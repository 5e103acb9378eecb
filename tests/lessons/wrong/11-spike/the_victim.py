# outcome: not yet
# says: This is a host that was knocked at
culprit = "10.1.1.20"
begins, ends = "2026-01-05 09:00", "2026-01-05 10:00"
