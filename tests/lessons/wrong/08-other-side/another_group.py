# outcome: not yet
# says: the flow log writes to /somewhere/else
lab.ec2.create_flow_logs(
    ResourceType="VPC",
    ResourceIds=[lab.find("vpc", "vpc-b")],
    TrafficType="ALL",
    LogGroupName="/somewhere/else",
    DeliverLogsPermissionArn=made["Role"]["Arn"],
    MaxAggregationInterval=60,
    TagSpecifications=lab.tags.specification("vpc-flow-log", "flow-log-b"),
)
