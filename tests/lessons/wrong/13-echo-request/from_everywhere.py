# outcome: almost
# says: It is not in vpc-a
lab.ec2.authorize_security_group_ingress(
    GroupId=group_b,
    IpPermissions=[
        {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ],
)
lab.ec2.revoke_security_group_ingress(GroupId=group_b, IpPermissions=[echo_reply | from_a])
