def rung_2(lab):
    """Put it right with the fewest calls, then say what it was."""
    # app-b refused the reply that it sent itself: a network ACL, outbound, at its subnet.
    at_b = [{"Name": "association.subnet-id", "Values": [lab.find("subnet", "subnet-b")]}]
    [acl] = lab.ec2.describe_network_acls(Filters=at_b)["NetworkAcls"]
    for entry in acl["Entries"]:
        if entry["Egress"] and entry["RuleAction"] == "deny" and entry["RuleNumber"] < 32767:
            lab.ec2.delete_network_acl_entry(
                NetworkAclId=acl["NetworkAclId"], RuleNumber=entry["RuleNumber"], Egress=True
            )
    refused = 'filter action = "REJECT" and protocol = 1 | stats count(*) by interfaceId, srcAddr'
    return {"symptom": "no answer", "evidence": refused, "cause": "acl-denies-reply-out"}
