# outcome: almost
# says: a /26 is no subnet that holds 60 machines
fit_into_26 = 59
length_needed = 26
