# outcome: not yet
# says: a query asks for {sender}
queries = {"filter there": 'filter protocol = 1 and action = "REJECT" and srcAddr = "{sender}"'}
