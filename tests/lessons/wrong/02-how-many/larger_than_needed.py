# outcome: almost
# says: 60 fit into something smaller as well
fit_into_26 = 59
length_needed = 24
