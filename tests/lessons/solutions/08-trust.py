statement = trust["Statement"][0]
statement["Principal"] = {"Service": "vpc-flow-logs.amazonaws.com"}
statement["Condition"] = {
    "StringEquals": {"aws:SourceAccount": lab.account_id},
    "ArnLike": {"aws:SourceArn": flow_logs_of_mine},
}
