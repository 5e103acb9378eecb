# outcome: not yet
# says: has no rule that allows ingress ICMP echo request
for group, cidr in {"allow-icmp-b": "10.1.0.0/16", "allow-icmp-a": "10.2.0.0/16"}.items():
    lab.ec2.authorize_security_group_ingress(
        GroupId=lab.find("security-group", group),
        IpPermissions=[{"IpProtocol": "icmp", "FromPort": 0, "ToPort": -1, "IpRanges": [{"CidrIp": cidr}]}],
    )
