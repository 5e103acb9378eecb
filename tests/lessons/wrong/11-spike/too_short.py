# outcome: almost
# says: are outside of your two times
culprit = "10.2.1.77"
begins, ends = "2026-01-05 10:10", "2026-01-05 10:15"
