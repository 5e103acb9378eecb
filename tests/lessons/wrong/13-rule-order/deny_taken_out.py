# outcome: almost
# says: 10.3.1.10 may, too
lab.ec2.delete_network_acl_entry(
    NetworkAclId=acl_b["NetworkAclId"], RuleNumber=90, Egress=False
)
