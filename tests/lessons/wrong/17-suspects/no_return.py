# outcome: not yet
# says: it has to `return` the list
MANY = 5


def suspects(found, spared):
    [source for source, number in found.items() if number >= MANY and source != "-"]
