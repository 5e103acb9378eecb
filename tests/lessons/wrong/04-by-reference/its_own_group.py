# outcome: not yet
# says: The rule names the group guests, which has 1 member
rule = {"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "UserIdGroupPairs": [{"GroupId": guests}]}
lab.ec2.authorize_security_group_ingress(GroupId=guests, IpPermissions=[rule])
