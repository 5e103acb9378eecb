# outcome: almost
# says: Asked is its kind
leg, station = "reply", "routes-b"
