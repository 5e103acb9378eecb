# outcome: almost
# says: smaller that still holds 60
fit_into_26 = 59
length_needed = 24
