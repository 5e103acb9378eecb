# outcome: almost
# says: ICMP type 0 may come in
lab.ec2.authorize_security_group_ingress(
    GroupId=group_b, IpPermissions=[{"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1} | from_a]
)
