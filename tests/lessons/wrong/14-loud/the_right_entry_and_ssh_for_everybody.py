# outcome: almost
# says: TCP 22 from 0.0.0.0/0
def rung_2(lab):
    at_b = [{"Name": "association.subnet-id", "Values": [lab.find("subnet", "subnet-b")]}]
    [acl] = lab.ec2.describe_network_acls(Filters=at_b)["NetworkAcls"]
    for entry in acl["Entries"]:
        if entry["Egress"] and entry["RuleAction"] == "deny" and entry["RuleNumber"] < 32767:
            lab.ec2.delete_network_acl_entry(
                NetworkAclId=acl["NetworkAclId"], RuleNumber=entry["RuleNumber"], Egress=True
            )
    anybody = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    lab.ec2.authorize_security_group_ingress(
        GroupId=lab.find("security-group", "allow-icmp-b"), IpPermissions=[anybody]
    )
    refused = 'filter action = "REJECT" and protocol = 1 | stats count(*) by interfaceId, srcAddr'
    return {"symptom": "no answer", "evidence": refused, "cause": "acl-denies-reply-out"}
