states = {
    "0 - X - X": "ALARM",
    "0 - X - -": "OK",
    "- - - X -": "ALARM",
    "- - - - 0": "OK",
}
