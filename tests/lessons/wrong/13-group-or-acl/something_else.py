# outcome: not yet
# says: your verdict is 'the route'
verdict = "the route"
