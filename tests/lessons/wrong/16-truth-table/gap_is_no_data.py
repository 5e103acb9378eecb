# outcome: almost
# says: it has had time to be followed by a better one
states = {
    "0 - X - X": "ALARM",
    "0 - X - -": "OK",
    "- - - X -": "INSUFFICIENT_DATA",
    "- - - - 0": "OK",
}
