# outcome: not yet
# says: Name the culprit first
lab.build("security_groups")
[acl] = lab.ec2.describe_network_acls(NetworkAclIds=[acl_b["NetworkAclId"]])["NetworkAcls"]
for rule in {each["RuleNumber"] for each in acl["Entries"] if each["RuleNumber"] < 100}:
    lab.ec2.delete_network_acl_entry(
        NetworkAclId=acl_b["NetworkAclId"], RuleNumber=rule, Egress=False
    )
verdict = "network ACL"
