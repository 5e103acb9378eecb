# outcome: not yet
# says: a whole number
fit_into_26 = 59
length_needed = "/25"
