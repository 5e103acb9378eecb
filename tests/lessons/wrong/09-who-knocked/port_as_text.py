# outcome: not yet
# says: of type str
refused = tcp[tcp["action"] == "REJECT"]
names_of = {"10.1.1.10": "app-a", "10.2.1.10": "app-b"}
who = names_of[refused["srcaddr"].iloc[0]]
port, times = str(refused["dstport"].iloc[0]), len(refused)
refused_by = names_of[refused["dstaddr"].iloc[0]]
