# outcome: almost
# says: a confused deputy
statement = trust["Statement"][0]
statement["Principal"] = {"Service": "vpc-flow-logs.amazonaws.com"}
statement["Condition"] = {}
