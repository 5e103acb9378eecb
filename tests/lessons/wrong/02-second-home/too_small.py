# outcome: almost
# says: has room for 59 machines
twin = lab.ec2.create_subnet(
    VpcId=vpc_a,
    CidrBlock="10.1.2.0/26",
    AvailabilityZone=next(zone for zone in zones if zone != created["AvailabilityZone"]),
    TagSpecifications=lab.tags.specification("subnet", "subnet-a2"),
)
