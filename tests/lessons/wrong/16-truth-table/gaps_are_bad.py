# outcome: not yet
# says: How many of them breach
states = {
    "0 - X - X": "ALARM",
    "0 - X - -": "ALARM",
    "- - - X -": "ALARM",
    "- - - - 0": "ALARM",
}
