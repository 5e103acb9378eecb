# Two calls: authorize what ping needs, revoke what it does not.
lab.ec2.authorize_security_group_ingress(
    GroupId=group_b, IpPermissions=[{"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1} | from_a]
)
lab.ec2.revoke_security_group_ingress(GroupId=group_b, IpPermissions=[echo_reply | from_a])
