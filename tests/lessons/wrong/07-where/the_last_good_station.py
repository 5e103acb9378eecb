# outcome: almost
# says: it is not
leg, station = "reply", "network ACL egress"
