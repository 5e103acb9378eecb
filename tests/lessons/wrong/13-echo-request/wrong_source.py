# outcome: not yet
# says: the source of the rule
lab.ec2.authorize_security_group_ingress(
    GroupId=group_b,
    IpPermissions=[
        {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "IpRanges": [{"CidrIp": "10.2.0.0/16"}]}
    ],
)
