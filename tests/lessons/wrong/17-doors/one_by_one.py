# outcome: not yet
# says: the answer is [('172.16.5.9', 1)]
def doors(messages):
    records = [message.split() for message in messages]
    tried = {}
    for record in records:
        if record[12] == "REJECT":
            tried.setdefault(record[3], set()).add((record[4], record[6]))
    return ((source, len(found)) for source, found in tried.items())
