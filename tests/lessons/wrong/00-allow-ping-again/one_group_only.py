# outcome: almost
# says: one from app-b to app-a is not
for group, cidr in {"allow-icmp-b": "10.1.0.0/16"}.items():
    lab.ec2.authorize_security_group_ingress(
        GroupId=lab.find("security-group", group),
        IpPermissions=allow_icmp_from(cidr),
    )
