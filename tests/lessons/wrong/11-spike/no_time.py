# outcome: not yet
# says: which is no time
culprit = "10.2.1.77"
begins, ends = "early", "late"
