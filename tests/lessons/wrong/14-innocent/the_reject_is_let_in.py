# outcome: almost
# says: this passes now, and did not before
def rung_5(lab):
    ssh = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.1.0.0/16"}]}
    lab.ec2.authorize_security_group_ingress(
        GroupId=lab.find("security-group", "allow-icmp-b"), IpPermissions=[ssh]
    )
    trail = "filter protocol = 1 | stats sum(packets) as packets by interfaceId, srcAddr, action"
    return {"symptom": "answered", "evidence": trail, "cause": "nothing"}


def rung_6(lab):
    return {"symptom": ____, "evidence": ____, "cause": ____}
