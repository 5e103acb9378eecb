# outcome: almost
# says: a ping from 10.3.0.10 gets in as well
lab.ec2.revoke_security_group_ingress(GroupId=wide_open, IpPermissions=[everything])
rule = {"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
lab.ec2.authorize_security_group_ingress(GroupId=wide_open, IpPermissions=[rule])
