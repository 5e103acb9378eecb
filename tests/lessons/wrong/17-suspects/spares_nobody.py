# outcome: not yet
# says: is in a network to spare
MANY = 5


def suspects(found, spared):
    return [source for source, number in found.items() if number >= MANY and source != "-"]
