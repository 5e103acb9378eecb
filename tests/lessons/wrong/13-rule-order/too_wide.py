# outcome: almost
# says: how wide your allow rule is
lab.ec2.create_network_acl_entry(
    **(vpc_a | {"CidrBlock": "10.0.0.0/8"}), RuleNumber=80, Egress=False
)
