# outcome: not yet
# says: one on vpc-a
lab.ec2.create_flow_logs(
    ResourceType="VPC",
    ResourceIds=[lab.find("vpc", "vpc-b")],
    TrafficType="ALL",
    LogFormat=richer + " ${flow-direction}",
    LogGroupName=lab.log_group + "-custom",
    DeliverLogsPermissionArn=role_arn,
    MaxAggregationInterval=60,
    TagSpecifications=lab.tags.specification("vpc-flow-log", "flow-log-custom"),
)
