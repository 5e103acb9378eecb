# outcome: not yet
# says: nobody invited that address
rule = from_the_other_side | {"IpRanges": [{"CidrIp": "10.1.1.0/24"}]}
lab.ec2.authorize_security_group_ingress(GroupId=guests, IpPermissions=[rule])
