# outcome: almost
# says: ec2.amazonaws.com may do so, too
statement = trust["Statement"][0]
statement["Principal"] = {"Service": ["ec2.amazonaws.com", "vpc-flow-logs.amazonaws.com"]}
statement["Condition"] = {
    "StringEquals": {"aws:SourceAccount": lab.account_id},
    "ArnLike": {"aws:SourceArn": flow_logs_of_mine},
}
