# outcome: not yet
# says: is no state of an alarm
states = {
    "0 - X - X": "ALARM",
    "0 - X - -": "fine",
    "- - - X -": "ALARM",
    "- - - - 0": "OK",
}
