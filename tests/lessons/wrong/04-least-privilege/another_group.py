# outcome: not yet
# says: app-b is in allow-icmp-b
lab.ec2.modify_instance_attribute(
    InstanceId=lab.instance_id("app-b"), Groups=[lab.find("security-group", "allow-icmp-b")]
)
