# Both groups, each with its rule; allow_icmp_from(cidr) makes one.
for group, cidr in {"allow-icmp-b": "10.1.0.0/16", "allow-icmp-a": "10.2.0.0/16"}.items():
    lab.ec2.authorize_security_group_ingress(
        GroupId=lab.find("security-group", group),
        IpPermissions=allow_icmp_from(cidr),
    )
