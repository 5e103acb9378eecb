# outcome: almost
# says: 600 seconds together
lab.ec2.create_flow_logs(
    ResourceType="VPC",
    ResourceIds=[lab.find("vpc", "vpc-b")],
    TrafficType="ALL",
    LogGroupName=lab.log_group,
    DeliverLogsPermissionArn=made["Role"]["Arn"],
    TagSpecifications=lab.tags.specification("vpc-flow-log", "flow-log-b"),
)
