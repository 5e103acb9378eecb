# outcome: not yet
# says: it has to `return` the dictionary
def doors(messages):
    records = [message.split() for message in messages]
    tried = {}
    for record in records:
        if record[12] == "REJECT":
            tried.setdefault(record[3], set()).add((record[4], record[6]))
    {source: len(found) for source, found in tried.items()}
