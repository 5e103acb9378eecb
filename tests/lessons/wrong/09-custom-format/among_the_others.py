# outcome: almost
# says: lines of another format
lab.ec2.create_flow_logs(
    ResourceType="VPC",
    ResourceIds=[lab.find("vpc", "vpc-a")],
    TrafficType="ALL",
    LogFormat=richer + " ${flow-direction}",
    LogGroupName=lab.log_group,
    DeliverLogsPermissionArn=role_arn,
    MaxAggregationInterval=60,
    TagSpecifications=lab.tags.specification("vpc-flow-log", "flow-log-custom"),
)
