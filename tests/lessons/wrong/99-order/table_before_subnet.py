# outcome: almost
# says: associated with the table
order = ["flow log", "peering", "instance", "security group", "route table", "subnet", "vpc"]
