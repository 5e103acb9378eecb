# outcome: almost
# says: in the log group /payroll as well
narrow = {"Version": "2012-10-17", "Statement": [
    {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:Describe*"],
        "Resource": "*",
    },
]}
