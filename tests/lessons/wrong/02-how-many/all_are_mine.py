# outcome: not yet
# says: You counted them in
fit_into_26 = 64
length_needed = 26
