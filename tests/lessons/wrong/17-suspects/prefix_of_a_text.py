# outcome: not yet
# says: As texts, 192.168.90.30 looks like
MANY = 5


def suspects(found, spared):
    starts = tuple(each.split("/")[0].removesuffix(".0").removesuffix(".16") for each in spared)
    many = [source for source, number in found.items() if number >= MANY and source != "-"]
    return [source for source in many if not source.startswith(starts)]
