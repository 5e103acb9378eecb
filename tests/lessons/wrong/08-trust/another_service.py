# outcome: not yet
# says: the role trusts logs.amazonaws.com
statement = trust["Statement"][0]
statement["Principal"] = {"Service": "logs.amazonaws.com"}
statement["Condition"] = {"StringEquals": {"aws:SourceAccount": lab.account_id}}
