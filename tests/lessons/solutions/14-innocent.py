def rung_5(lab):
    """Blame nobody without evidence."""
    trail = "filter protocol = 1 | stats sum(packets) as packets by interfaceId, srcAddr, action"
    return {"symptom": "answered", "evidence": trail, "cause": "nothing"}


def rung_6(lab):
    """Host, log, hurry, or nothing?"""
    # No rows at all in our log group, and delivery is a success: it goes somewhere else.
    for log in lab.ec2.describe_flow_logs()["FlowLogs"]:
        lab.ec2.delete_flow_logs(FlowLogIds=[log["FlowLogId"]])
        lab.ec2.create_flow_logs(
            ResourceType="VPC",
            ResourceIds=[log["ResourceId"]],
            TrafficType=log["TrafficType"],
            LogGroupName=lab.log_group,
            DeliverLogsPermissionArn=log["DeliverLogsPermissionArn"],
            MaxAggregationInterval=log["MaxAggregationInterval"],
        )
    rows = "stats count(*) as rows by logStatus"
    return {"symptom": "answered", "evidence": rows, "cause": "flow-log-writes-elsewhere"}
