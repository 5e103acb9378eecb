# outcome: almost
# says: Nobody could find them by that
culprit = "10.2.1.77"
begins, ends = "2026-01-04 12:00", "2026-01-05 12:00"
