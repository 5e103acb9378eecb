# outcome: not yet
# says: one more never narrows
rule = {"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "IpRanges": [{"CidrIp": "10.1.0.0/16"}]}
lab.ec2.authorize_security_group_ingress(GroupId=wide_open, IpPermissions=[rule])
