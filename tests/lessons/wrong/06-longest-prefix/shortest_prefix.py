# outcome: not yet
# says: the widest range that matches
def row_for(destinations, address):
    matching = [each for each in destinations if ip_address(address) in ip_network(each)]
    return min(matching, key=lambda each: ip_network(each).prefixlen, default=None)
