# outcome: not yet
# says: a ping has no port that a TCP rule could open
lab.ec2.revoke_security_group_ingress(GroupId=wide_open, IpPermissions=[everything])
rule = {"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "IpRanges": [{"CidrIp": "10.1.0.0/16"}]}
lab.ec2.authorize_security_group_ingress(GroupId=wide_open, IpPermissions=[rule])
