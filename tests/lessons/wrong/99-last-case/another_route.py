# outcome: almost
# says: sends other ranges
# Your evidence names the place. One call repairs it.
by_subnet = [{"Name": "association.subnet-id", "Values": [lab.find("subnet", "subnet-a")]}]
[acl] = lab.ec2.describe_network_acls(Filters=by_subnet)["NetworkAcls"]
[deny] = [each for each in acl["Entries"] if each["RuleNumber"] == 40]
lab.ec2.delete_network_acl_entry(
    NetworkAclId=acl["NetworkAclId"], RuleNumber=deny["RuleNumber"], Egress=deny["Egress"]
)
lab.ec2.create_route(
    RouteTableId=lab.find("route-table", "routes-a"),
    DestinationCidrBlock="0.0.0.0/0",
    VpcPeeringConnectionId=lab.find("vpc-peering-connection", "a-to-b"),
)
