actions = ["ec2:DescribeNetworkInterfaces", "ec2:ModifyNetworkInterfaceAttribute"]
