# outcome: not yet
# says: Make one `create_subnet` call
# raises: InvalidSubnet.Conflict
twin = lab.ec2.create_subnet(
    VpcId=vpc_a,
    CidrBlock="10.1.0.0/22",
    AvailabilityZone=next(zone for zone in zones if zone != created["AvailabilityZone"]),
    TagSpecifications=lab.tags.specification("subnet", "subnet-a2"),
)
