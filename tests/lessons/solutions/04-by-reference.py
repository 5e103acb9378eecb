# Every try begins with the rule that lets app-b in. group_of_a is the group of app-a.
set_rules(guests, [echo_request])
from_group_of_a = {
    "IpProtocol": "icmp",
    "FromPort": 8,
    "ToPort": -1,
    "UserIdGroupPairs": [{"GroupId": group_of_a}],
}
lab.ec2.authorize_security_group_ingress(GroupId=guests, IpPermissions=[from_group_of_a])
