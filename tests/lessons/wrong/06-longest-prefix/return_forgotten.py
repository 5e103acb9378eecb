# outcome: not yet
# says: it has to `return`
def row_for(destinations, address):
    matching = [each for each in destinations if ip_address(address) in ip_network(each)]
    max(matching, key=lambda each: ip_network(each).prefixlen, default=None)
