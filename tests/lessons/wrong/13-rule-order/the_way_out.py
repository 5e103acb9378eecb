# outcome: not yet
# says: for packets that leave subnet-b
lab.ec2.create_network_acl_entry(**vpc_a, RuleNumber=80, Egress=True)
