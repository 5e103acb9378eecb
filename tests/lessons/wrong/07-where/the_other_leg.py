# outcome: not yet
# says: came through
leg, station = "request", "route table"
