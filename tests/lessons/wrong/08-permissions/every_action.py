# outcome: almost
# says: which no flow log ever has to
group_arn = f"arn:aws:logs:{lab.region}:{lab.account_id}:log-group:{lab.log_group}"
narrow = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "logs:*", "Resource": [group_arn, group_arn + ":*"]},
    {"Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": "*"},
]}
