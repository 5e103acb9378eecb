# outcome: not yet
# says: Name the place first
lab.build("routes")
leg, station = "reply", "route table"
