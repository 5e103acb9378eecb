# outcome: almost
# says: app-b does not get in any more
lab.ec2.revoke_security_group_ingress(GroupId=guests, IpPermissions=[echo_request])
rule = {"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "UserIdGroupPairs": [{"GroupId": group_of_a}]}
lab.ec2.authorize_security_group_ingress(GroupId=guests, IpPermissions=[rule])
