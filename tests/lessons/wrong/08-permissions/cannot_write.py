# outcome: not yet
# says: may not logs:PutLogEvents
group_arn = f"arn:aws:logs:{lab.region}:{lab.account_id}:log-group:{lab.log_group}"
narrow = {"Version": "2012-10-17", "Statement": [
    {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams"],
        "Resource": group_arn + ":*",
    },
    {"Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": "*"},
]}
