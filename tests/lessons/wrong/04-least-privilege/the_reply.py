# outcome: not yet
# says: The rule is for type 0, the reply
lab.ec2.revoke_security_group_ingress(GroupId=wide_open, IpPermissions=[everything])
rule = {"IpProtocol": "icmp", "FromPort": 0, "ToPort": 0, "IpRanges": [{"CidrIp": "10.1.0.0/16"}]}
lab.ec2.authorize_security_group_ingress(GroupId=wide_open, IpPermissions=[rule])
