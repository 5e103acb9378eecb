# outcome: almost
# says: no row matches
def row_for(destinations, address):
    matching = [each for each in destinations if ip_address(address) in ip_network(each)]
    return max(matching, key=lambda each: ip_network(each).prefixlen)
