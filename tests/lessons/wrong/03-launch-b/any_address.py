# outcome: almost
# says: Without it AWS takes any that is free
launched_b = lab.ec2.run_instances(
    ImageId=image,
    InstanceType="t3.micro",
    MinCount=1,
    MaxCount=1,
    SubnetId=lab.find("subnet", "subnet-b"),
    TagSpecifications=lab.tags.specification("instance", "app-b"),
)
