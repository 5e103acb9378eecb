# outcome: not yet
# says: 'flow log' is not among them
order = ["peering", "instance", "security group", "subnet", "route table", "vpc"]
