# outcome: not yet
# says: is the machine itself
writes_the_record = lab.instance_id("app-b")
