# "vpc", "subnet", "instance", "security group", "route table", "peering", "flow log"
order = ["flow log", "peering", "instance", "security group", "subnet", "route table", "vpc"]
