# outcome: almost
# says: a ping from 10.1.200.7 does not
lab.ec2.revoke_security_group_ingress(GroupId=wide_open, IpPermissions=[everything])
rule = {"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "IpRanges": [{"CidrIp": "10.1.1.10/32"}]}
lab.ec2.authorize_security_group_ingress(GroupId=wide_open, IpPermissions=[rule])
