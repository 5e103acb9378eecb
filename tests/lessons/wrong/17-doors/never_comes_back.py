# outcome: not yet
# says: did not come back within
def doors(messages):
    records = [message.split() for message in messages]
    tried = {}
    while records:
        record = records[0]
        if record[12] == "REJECT":
            tried.setdefault(record[3], set()).add((record[4], record[6]))
    return {source: len(found) for source, found in tried.items()}
