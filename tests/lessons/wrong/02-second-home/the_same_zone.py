# outcome: almost
# says: One fire takes both
twin = lab.ec2.create_subnet(
    VpcId=vpc_a,
    CidrBlock="10.1.2.0/24",
    AvailabilityZone=created["AvailabilityZone"],
    TagSpecifications=lab.tags.specification("subnet", "subnet-a2"),
)
