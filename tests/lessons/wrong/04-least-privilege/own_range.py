# outcome: not yet
# says: where app-b itself lives
lab.ec2.revoke_security_group_ingress(GroupId=wide_open, IpPermissions=[everything])
rule = {"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "IpRanges": [{"CidrIp": "10.2.0.0/16"}]}
lab.ec2.authorize_security_group_ingress(GroupId=wide_open, IpPermissions=[rule])
