refused = tcp[tcp["action"] == "REJECT"]
names_of = {"10.1.1.10": "app-a", "10.2.1.10": "app-b"}
who = names_of[refused["srcaddr"].iloc[0]]
port = refused["dstport"].iloc[0]
times = len(refused)
refused_by = names_of[address_of[refused["interface-id"].iloc[0]]]
