# outcome: almost
# says: It may be a lucky guess
rules = lab.ec2.describe_network_acls(NetworkAclIds=[acl_b["NetworkAclId"]])["NetworkAcls"][0]
denies = [each for each in rules["Entries"] if each["RuleAction"] == "deny"]
verdict = "network ACL" if len(denies) > 2 else "security group"
