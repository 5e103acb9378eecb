# outcome: not yet
# says: The source is 3, the destination 4
def doors(messages):
    records = [message.split() for message in messages]
    tried = {}
    for record in records:
        if record[12] == "REJECT":
            tried.setdefault(record[4], set()).add((record[4], record[6]))
    return {source: len(found) for source, found in tried.items()}
