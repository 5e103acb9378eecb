# outcome: almost
# says: lets more into app-a than ping
for group, cidr in {"allow-icmp-b": "0.0.0.0/0", "allow-icmp-a": "0.0.0.0/0"}.items():
    lab.ec2.authorize_security_group_ingress(
        GroupId=lab.find("security-group", group),
        IpPermissions=allow_icmp_from(cidr),
    )
