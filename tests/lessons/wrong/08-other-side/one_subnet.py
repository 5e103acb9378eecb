# outcome: almost
# says: and not all of vpc-b
lab.ec2.create_flow_logs(
    ResourceType="Subnet",
    ResourceIds=[lab.find("subnet", "subnet-b")],
    TrafficType="ALL",
    LogGroupName=lab.log_group,
    DeliverLogsPermissionArn=made["Role"]["Arn"],
    MaxAggregationInterval=60,
    TagSpecifications=lab.tags.specification("vpc-flow-log", "flow-log-b"),
)
