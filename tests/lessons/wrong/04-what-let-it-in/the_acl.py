# outcome: not yet
# says: Behind it stands one more filter
let_in_by = "the network ACL"
