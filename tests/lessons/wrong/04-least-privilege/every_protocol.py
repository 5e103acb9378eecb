# outcome: almost
# says: a TCP connection to port 22 gets in as well
lab.ec2.revoke_security_group_ingress(GroupId=wide_open, IpPermissions=[everything])
rule = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.1.0.0/16"}]}
lab.ec2.authorize_security_group_ingress(GroupId=wide_open, IpPermissions=[rule])
