# outcome: not yet
# says: if it were acl-denies-request-in, then there would be a record
def rung_7(lab):
    """The entry goes, and what stood behind it is not seen."""
    acl, _ = acl_of(lab, "subnet-b")
    for entry in acl["Entries"]:
        if not entry["Egress"] and entry["RuleAction"] == "deny" and entry["RuleNumber"] < 32767:
            lab.ec2.delete_network_acl_entry(
                NetworkAclId=acl["NetworkAclId"], RuleNumber=entry["RuleNumber"], Egress=False
            )
    return {"symptom": "no answer", "evidence": trail, "cause": "acl-denies-request-in"}


def acl_of(lab, subnet):
    at = [{"Name": "association.subnet-id", "Values": [lab.find("subnet", subnet)]}]
    [acl] = lab.ec2.describe_network_acls(Filters=at)["NetworkAcls"]
    return acl, None


def rung_8(lab):
    return {"symptom": ____, "evidence": ____, "cause": ____}
