# outcome: not yet
# says: app-a to app-b
lab.ec2.authorize_security_group_ingress(
    GroupId=lab.find("security-group", "allow-icmp-a"),
    IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
)
