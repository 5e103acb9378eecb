# outcome: almost
# says: permission on a single one is not enough
group_arn = f"arn:aws:logs:{lab.region}:{lab.account_id}:log-group:{lab.log_group}"
narrow = {"Version": "2012-10-17", "Statement": [
    {
        "Effect": "Allow",
        "Action": [
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            "logs:DescribeLogStreams",
            "logs:DescribeLogGroups",
        ],
        "Resource": group_arn + ":*",
    },
]}
