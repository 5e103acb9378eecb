def acl_of(lab, subnet):
    """The network ACL at the edge of a subnet, and the id of what ties the two together."""
    subnet_id = lab.find("subnet", subnet)
    at = [{"Name": "association.subnet-id", "Values": [subnet_id]}]
    [acl] = lab.ec2.describe_network_acls(Filters=at)["NetworkAcls"]
    ties = (each for each in acl["Associations"] if each["SubnetId"] == subnet_id)
    return acl, next(ties)["NetworkAclAssociationId"]


def route_through_peering(lab, table, destination):
    lab.ec2.create_route(
        RouteTableId=lab.find("route-table", table),
        DestinationCidrBlock=destination,
        VpcPeeringConnectionId=lab.find("vpc-peering-connection", "a-to-b"),
    )


def rung_7(lab):
    """Two repairs, two causes."""
    acl, _ = acl_of(lab, "subnet-b")
    for entry in acl["Entries"]:
        if not entry["Egress"] and entry["RuleAction"] == "deny" and entry["RuleNumber"] < 32767:
            lab.ec2.delete_network_acl_entry(
                NetworkAclId=acl["NetworkAclId"], RuleNumber=entry["RuleNumber"], Egress=False
            )
    route_through_peering(lab, "routes-b", "10.1.0.0/16")
    causes = ["acl-denies-request-in", "return-route-missing"]
    return {"symptom": "no answer", "evidence": trail, "cause": causes}


def rung_8(lab):
    """Two repairs, two causes."""
    acl, association_id = acl_of(lab, "subnet-a")
    everything = [{"Name": "vpc-id", "Values": [acl["VpcId"]]}, {"Name": "default", "Values": ["true"]}]
    [default] = lab.ec2.describe_network_acls(Filters=everything)["NetworkAcls"]
    lab.ec2.replace_network_acl_association(
        AssociationId=association_id, NetworkAclId=default["NetworkAclId"]
    )
    route_through_peering(lab, "routes-a", "10.2.0.0/16")
    causes = ["acl-new-and-empty", "return-route-missing"]
    return {"symptom": "no answer", "evidence": trail, "cause": causes}
