# outcome: almost
# says: the rule names the address 10.1.1.10
rule = from_the_other_side | {"IpRanges": [{"CidrIp": "10.1.1.10/32"}]}
lab.ec2.authorize_security_group_ingress(GroupId=guests, IpPermissions=[rule])
