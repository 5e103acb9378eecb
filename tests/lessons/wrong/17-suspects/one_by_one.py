# outcome: not yet
# says: does not appear to be an IPv4 or IPv6 address
MANY = 5


def suspects(found, spared):
    networks = [ip_network(each) for each in spared]
    return (
        source
        for source, number in found.items()
        if not any(ip_address(source) in each for each in networks) and number >= MANY
    )
