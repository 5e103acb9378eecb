# outcome: not yet
# says: is the interface of app-a
writes_the_record = interface["NetworkInterfaceId"]
