order = ["flow log", "peering", "instance", "security group", "subnet", "route table", "vpc"]
