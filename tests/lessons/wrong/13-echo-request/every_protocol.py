# outcome: almost
# says: can open TCP connections
lab.ec2.authorize_security_group_ingress(
    GroupId=group_b, IpPermissions=[{"IpProtocol": "-1"} | from_a]
)
lab.ec2.revoke_security_group_ingress(GroupId=group_b, IpPermissions=[echo_reply | from_a])
