# outcome: not yet
# says: "request" or "reply"
leg, station = "way back", "route table"
