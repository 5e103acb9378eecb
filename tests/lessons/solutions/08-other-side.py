# One call, much like the one for vpc-a.
lab.ec2.create_flow_logs(
    ResourceType="VPC",
    ResourceIds=[lab.find("vpc", "vpc-b")],
    TrafficType="ALL",
    LogGroupName=lab.log_group,
    DeliverLogsPermissionArn=made["Role"]["Arn"],
    MaxAggregationInterval=60,
    TagSpecifications=lab.tags.specification("vpc-flow-log", "flow-log-b"),
)
