# outcome: almost
# says: ec2:DescribeInstances
actions = [
    "ec2:DescribeInstances",
    "ec2:DescribeNetworkInterfaces",
    "ec2:ModifyNetworkInterfaceAttribute",
]
