# outcome: not yet
# says: everybody on AWS
statement = trust["Statement"][0]
statement["Principal"] = "*"
statement["Condition"] = {"StringEquals": {"aws:SourceAccount": lab.account_id}}
