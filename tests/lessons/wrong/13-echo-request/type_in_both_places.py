# outcome: not yet
# says: for ICMP it is the code, and no second type
twice = {"IpProtocol": "icmp", "FromPort": 8, "ToPort": 8}
lab.ec2.authorize_security_group_ingress(GroupId=group_b, IpPermissions=[twice | from_a])
lab.ec2.revoke_security_group_ingress(GroupId=group_b, IpPermissions=[echo_reply | from_a])
