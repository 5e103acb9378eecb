# Range and zone cannot be changed, so a second try begins by taking the first away.
if old := lab.find("subnet", "subnet-a2"):
    lab.ec2.delete_subnet(SubnetId=old)
twin = lab.ec2.create_subnet(
    VpcId=vpc_a,
    CidrBlock="10.1.2.0/24",
    AvailabilityZone=next(zone for zone in zones if zone != created["AvailabilityZone"]),
    TagSpecifications=lab.tags.specification("subnet", "subnet-a2"),
)
