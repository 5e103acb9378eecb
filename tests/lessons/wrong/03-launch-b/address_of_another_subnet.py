# outcome: not yet
# says: Launch app-b with one
# raises: Address does not fall within the subnet's address range
launched_b = lab.ec2.run_instances(
    ImageId=image,
    InstanceType="t3.micro",
    MinCount=1,
    MaxCount=1,
    SubnetId=lab.find("subnet", "subnet-a"),
    PrivateIpAddress="10.2.1.10",
    TagSpecifications=lab.tags.specification("instance", "app-b"),
)
