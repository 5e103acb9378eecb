# outcome: almost
# says: TCP to port 22 gets in
rule = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group_of_a}]}
lab.ec2.authorize_security_group_ingress(GroupId=guests, IpPermissions=[rule])
