# outcome: almost
# says: count the X among the newest three
states = {
    "0 - X - X": "OK",
    "0 - X - -": "OK",
    "- - - X -": "ALARM",
    "- - - - 0": "OK",
}
