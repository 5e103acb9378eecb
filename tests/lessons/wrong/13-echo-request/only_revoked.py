# outcome: not yet
# says: whether there is a rule left at all
lab.ec2.revoke_security_group_ingress(GroupId=group_b, IpPermissions=[echo_reply | from_a])
