# outcome: not yet
# says: the type of the message that comes *in*
both = {"IpProtocol": "icmp", "FromPort": 0, "ToPort": 8}
lab.ec2.authorize_security_group_ingress(GroupId=group_b, IpPermissions=[both | from_a])
lab.ec2.revoke_security_group_ingress(GroupId=group_b, IpPermissions=[echo_reply | from_a])
