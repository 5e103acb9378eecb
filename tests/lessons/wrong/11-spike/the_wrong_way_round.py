# outcome: almost
# says: it begins after it ends
culprit = "10.2.1.77"
begins, ends = "10:15:48", "10:09:50"
