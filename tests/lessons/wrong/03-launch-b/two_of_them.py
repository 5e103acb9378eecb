# outcome: not yet
# says: 2 machines are named app-b
launched_b = lab.ec2.run_instances(
    ImageId=image,
    InstanceType="t3.micro",
    MinCount=2,
    MaxCount=2,
    SubnetId=lab.find("subnet", "subnet-b"),
    TagSpecifications=lab.tags.specification("instance", "app-b"),
)
