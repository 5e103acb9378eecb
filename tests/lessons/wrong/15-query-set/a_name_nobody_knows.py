# outcome: not yet
# says: KeyError: 'sender'
queries = {"filter there": 'filter protocol = 1 and action = "REJECT" and srcAddr = "{sender}"'}
