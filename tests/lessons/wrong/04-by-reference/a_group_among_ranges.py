# outcome: not yet
# says: UserIdGroupPairs
# raises: ParamValidationError
rule = from_the_other_side | {"IpRanges": [{"GroupId": group_of_a}]}
lab.ec2.authorize_security_group_ingress(GroupId=guests, IpPermissions=[rule])
