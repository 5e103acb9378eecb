# Your evidence names the place. One call repairs it.
by_subnet = [{"Name": "association.subnet-id", "Values": [lab.find("subnet", "subnet-a")]}]
[acl] = lab.ec2.describe_network_acls(Filters=by_subnet)["NetworkAcls"]
[deny] = [each for each in acl["Entries"] if each["RuleNumber"] == 40]
lab.ec2.delete_network_acl_entry(
    NetworkAclId=acl["NetworkAclId"], RuleNumber=deny["RuleNumber"], Egress=deny["Egress"]
)
