# outcome: not yet
# says: no inbound rule at all
lab.ec2.revoke_security_group_ingress(GroupId=wide_open, IpPermissions=[everything])
