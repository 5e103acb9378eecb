# outcome: not yet
# says: DependencyViolation
order = ["vpc", "subnet", "instance", "security group", "peering", "route table", "flow log"]
