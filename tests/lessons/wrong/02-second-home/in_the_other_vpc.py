# outcome: not yet
# says: subnet-a2 is in vpc-b
twin = lab.ec2.create_subnet(
    VpcId=vpc_b,
    CidrBlock="10.2.2.0/24",
    AvailabilityZone=next(zone for zone in zones if zone != created["AvailabilityZone"]),
    TagSpecifications=lab.tags.specification("subnet", "subnet-a2"),
)
