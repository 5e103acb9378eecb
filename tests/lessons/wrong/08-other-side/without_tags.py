# outcome: almost
# says: its tag Name is missing
lab.ec2.create_flow_logs(
    ResourceType="VPC",
    ResourceIds=[lab.find("vpc", "vpc-b")],
    TrafficType="ALL",
    LogGroupName=lab.log_group,
    DeliverLogsPermissionArn=made["Role"]["Arn"],
    MaxAggregationInterval=60,
)
