# outcome: almost
# says: there is no condition on aws:SourceArn
statement = trust["Statement"][0]
statement["Principal"] = {"Service": "vpc-flow-logs.amazonaws.com"}
statement["Condition"] = {"StringEquals": {"aws:SourceAccount": lab.account_id}}
