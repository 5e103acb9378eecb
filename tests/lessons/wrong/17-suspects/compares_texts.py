# outcome: almost
# says: so is `-`
MANY = 5


def suspects(found, spared):
    return [source for source, number in found.items() if number >= MANY and source not in spared]
