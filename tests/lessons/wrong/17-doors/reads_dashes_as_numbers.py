# outcome: not yet
# says: invalid literal for int()
def doors(messages):
    records = [message.split() for message in messages]
    tried = {}
    for record in records:
        door = (record[4], int(record[6]))
        if record[12] == "REJECT":
            tried.setdefault(record[3], set()).add(door)
    return {source: len(found) for source, found in tried.items()}
