# outcome: almost
# says: its own records of these packets say ACCEPT
refused = tcp[tcp["action"] == "REJECT"]
names_of = {"10.1.1.10": "app-a", "10.2.1.10": "app-b"}
who = names_of[refused["srcaddr"].iloc[0]]
port, times, refused_by = refused["dstport"].iloc[0], len(refused), who
