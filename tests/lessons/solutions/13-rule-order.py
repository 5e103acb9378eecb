# One call. `vpc_a` holds the rule; which number, which direction?
lab.ec2.create_network_acl_entry(**vpc_a, RuleNumber=80, Egress=False)
