# outcome: not yet
# says: That is none of the four
let_in_by = "ICMP is always allowed"
