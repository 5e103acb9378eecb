# outcome: not yet
# says: is no network interface of this lab
writes_the_record = "10.2.1.10"
