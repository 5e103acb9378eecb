# outcome: not yet
# says: AddressValueError
def row_for(destinations, address):
    from ipaddress import IPv4Address

    return max(destinations, key=lambda each: IPv4Address(each))
