# outcome: not yet
# says: The order of the rows
def row_for(destinations, address):
    return next(each for each in destinations if ip_address(address) in ip_network(each))
