# outcome: not yet
# says: whether 10.2.1.10 is inside
def row_for(destinations, address):
    return max(destinations, key=lambda each: ip_network(each).prefixlen)
