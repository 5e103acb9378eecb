# outcome: not yet
# says: the busiest of all
culprit = "10.1.1.30"
begins, ends = "2026-01-05 09:40", "2026-01-05 10:50"
