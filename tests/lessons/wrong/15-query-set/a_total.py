# outcome: not yet
# says: it finds a row even where it counts nothing
queries = {
    "filter there": 'filter protocol = 1 and action = "REJECT" and srcAddr = "{source}"',
    "filter back": 'filter protocol = 1 and action = "REJECT" and srcAddr = "{target}"',
    "nothing": 'filter protocol = 1 and srcAddr = "{target}" and interfaceId = "{source_eni}" | stats count(*)',
    "way back": 'filter protocol = 1 and srcAddr = "{target}" and interfaceId = "{target_eni}"',
    "host or way back": 'filter protocol = 1 and srcAddr = "{source}" and interfaceId = "{target_eni}"',
    "way there": 'filter protocol = 1 or logStatus = "NODATA"',
}
