# One create_flow_logs call, with LogFormat=...
lab.logs.create_log_group(
    logGroupName=lab.log_group + "-custom", tags={"labkit": lab.name}
)
lab.ec2.create_flow_logs(
    ResourceType="VPC",
    ResourceIds=[lab.find("vpc", "vpc-a")],
    TrafficType="ALL",
    LogFormat=richer + " ${flow-direction}",
    LogGroupName=lab.log_group + "-custom",
    DeliverLogsPermissionArn=role_arn,
    MaxAggregationInterval=60,
    TagSpecifications=lab.tags.specification("vpc-flow-log", "flow-log-custom"),
)
