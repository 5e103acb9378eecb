# outcome: almost
# says: [all traffic, 10.2.0.0/16]
for group, cidr in {"allow-icmp-b": "10.1.0.0/16", "allow-icmp-a": "10.2.0.0/16"}.items():
    lab.ec2.authorize_security_group_ingress(
        GroupId=lab.find("security-group", group),
        IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": cidr}]}],
    )
