# outcome: not yet
# says: as if it had knocked
def doors(messages):
    records = [message.split() for message in messages]
    tried = {}
    for record in records:
        tried.setdefault(record[3], set()).add((record[4], record[6]))
    return {source: len(found) for source, found in tried.items()}
