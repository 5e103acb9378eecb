# A second try begins by taking the first machine away.
while old := lab.find("instance", "app-b"):
    lab.ec2.terminate_instances(InstanceIds=[old])
    lab.ec2.get_waiter("instance_terminated").wait(InstanceIds=[old])
launched_b = lab.ec2.run_instances(
    ImageId=image,
    InstanceType="t3.micro",
    MinCount=1,
    MaxCount=1,
    SubnetId=lab.find("subnet", "subnet-b"),
    PrivateIpAddress="10.2.1.10",
    TagSpecifications=lab.tags.specification("instance", "app-b"),
)
