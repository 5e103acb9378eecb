# outcome: not yet
# says: It let the request out
let_in_by = "the outbound rule"
