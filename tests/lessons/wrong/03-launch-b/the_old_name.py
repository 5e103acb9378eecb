# outcome: not yet
# says: its name is 'app-a'
launched_b = lab.ec2.run_instances(
    ImageId=image,
    InstanceType="t3.micro",
    MinCount=1,
    MaxCount=1,
    SubnetId=lab.find("subnet", "subnet-b"),
    PrivateIpAddress="10.2.1.10",
    TagSpecifications=lab.tags.specification("instance", "app-a"),
)
