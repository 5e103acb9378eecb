# outcome: almost
# says: not overtaken by another
subnet = [{"Name": "association.subnet-id", "Values": [lab.find("subnet", "subnet-a")]}]
[acl] = lab.ec2.describe_network_acls(Filters=subnet)["NetworkAcls"]
lab.ec2.create_network_acl_entry(
    NetworkAclId=acl["NetworkAclId"],
    RuleNumber=30,
    Egress=False,
    Protocol="-1",
    RuleAction="allow",
    CidrBlock="10.2.0.0/16",
)
