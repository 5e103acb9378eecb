# Every try begins with the group as it was. Now: what has to go, and what comes in its place?
set_rules(wide_open, [everything])
lab.ec2.revoke_security_group_ingress(GroupId=wide_open, IpPermissions=[everything])
from_vpc_a = from_the_other_side | {"IpRanges": [{"CidrIp": "10.1.0.0/16"}]}
lab.ec2.authorize_security_group_ingress(GroupId=wide_open, IpPermissions=[from_vpc_a])
