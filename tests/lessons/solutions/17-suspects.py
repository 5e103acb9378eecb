MANY = 5


def suspects(found, spared):
    networks = [ip_network(each) for each in spared]
    return [
        source
        for source, number in found.items()
        if number >= MANY
        and source != "-"
        and not any(ip_address(source) in network for network in networks)
    ]
