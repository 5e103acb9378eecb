# outcome: not yet
# says: app-b lives in subnet-a
launched_b = lab.ec2.run_instances(
    ImageId=image,
    InstanceType="t3.micro",
    MinCount=1,
    MaxCount=1,
    SubnetId=lab.find("subnet", "subnet-a"),
    TagSpecifications=lab.tags.specification("instance", "app-b"),
)
