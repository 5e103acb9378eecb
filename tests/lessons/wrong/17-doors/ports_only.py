# outcome: almost
# says: an address *and* a port
def doors(messages):
    records = [message.split() for message in messages]
    tried = {}
    for record in records:
        if record[12] == "REJECT":
            tried.setdefault(record[3], set()).add(record[6])
    return {source: len(found) for source, found in tried.items()}
