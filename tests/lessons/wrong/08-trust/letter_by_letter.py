# outcome: not yet
# says: a comparison that knows the star
statement = trust["Statement"][0]
statement["Principal"] = {"Service": "vpc-flow-logs.amazonaws.com"}
statement["Condition"] = {
    "StringEquals": {"aws:SourceAccount": lab.account_id, "aws:SourceArn": flow_logs_of_mine}
}
