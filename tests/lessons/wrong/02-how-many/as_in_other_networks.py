# outcome: not yet
# says: AWS takes three more
fit_into_26 = 62
length_needed = 26
