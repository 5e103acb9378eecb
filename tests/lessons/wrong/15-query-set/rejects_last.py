# outcome: not yet
# says: so REJECT is asked first
queries = {
    "nothing": 'filter protocol = 1 and srcAddr = "{target}" and interfaceId = "{source_eni}"',
    "way back": 'filter protocol = 1 and srcAddr = "{target}" and interfaceId = "{target_eni}"',
    "host or way back": 'filter protocol = 1 and srcAddr = "{source}" and interfaceId = "{target_eni}"',
    "filter there": 'filter protocol = 1 and action = "REJECT" and srcAddr = "{source}"',
    "filter back": 'filter protocol = 1 and action = "REJECT" and srcAddr = "{target}"',
    "way there": 'filter protocol = 1 or logStatus = "NODATA"',
}
