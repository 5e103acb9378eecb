# outcome: almost
# says: may not write records
def rung_9(lab):
    asking = {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "IpRanges": [{"CidrIp": "10.1.0.0/16"}]}
    lab.ec2.authorize_security_group_ingress(
        GroupId=lab.find("security-group", "allow-icmp-b"), IpPermissions=[asking]
    )
    acl, _ = acl_of(lab, "subnet-b")
    for entry in acl["Entries"]:
        if entry["Egress"] and entry["RuleAction"] == "deny" and entry["RuleNumber"] < 32767:
            lab.ec2.delete_network_acl_entry(
                NetworkAclId=acl["NetworkAclId"], RuleNumber=entry["RuleNumber"], Egress=True
            )
    causes = ["icmp-rule-missing", "acl-denies-reply-out", "delivery-role-may-not-write"]
    return {"symptom": "no answer", "evidence": "stats count(*)", "cause": causes}


def rung_10(lab):
    return {"symptom": ____, "evidence": ____, "cause": ____}
