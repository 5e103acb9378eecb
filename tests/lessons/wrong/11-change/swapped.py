# outcome: almost
# says: they are swapped
last_accepted = "09:48:40"
first_rejected = "09:43:06"
