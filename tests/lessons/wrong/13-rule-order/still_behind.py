# outcome: not yet
# says: rule 90 decides
lab.ec2.create_network_acl_entry(**vpc_a, RuleNumber=94, Egress=False)
