# outcome: not yet
# says: But the group of app-a has 0 inbound rules
let_in_by = "an inbound rule"
