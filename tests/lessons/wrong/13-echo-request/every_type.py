# outcome: almost
# says: may come in as well
lab.ec2.authorize_security_group_ingress(GroupId=group_b, IpPermissions=[every_type | from_a])
lab.ec2.revoke_security_group_ingress(GroupId=group_b, IpPermissions=[echo_reply | from_a])
