# outcome: not yet
# says: twice at the same door
def doors(messages):
    records = [message.split() for message in messages]
    tried = {}
    for record in records:
        if record[12] == "REJECT":
            tried[record[3]] = tried.get(record[3], 0) + 1
    return tried
