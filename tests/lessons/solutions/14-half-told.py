import json

signs_of_life = "stats count(*) as rows by interfaceId, logStatus, action | sort interfaceId, logStatus, action"
needed = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"]


def rung_9(lab):
    """The log, the way there, the way back."""
    statement = {"Effect": "Allow", "Action": needed, "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    role = f"{lab.name}-flow-logs"
    [name] = lab.iam.list_role_policies(RoleName=role)["PolicyNames"]
    lab.iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(policy))

    asking = {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "IpRanges": [{"CidrIp": "10.1.0.0/16"}]}
    lab.ec2.authorize_security_group_ingress(
        GroupId=lab.find("security-group", "allow-icmp-b"), IpPermissions=[asking]
    )
    acl, _ = acl_of(lab, "subnet-b")
    for entry in acl["Entries"]:
        if entry["Egress"] and entry["RuleAction"] == "deny" and entry["RuleNumber"] < 32767:
            lab.ec2.delete_network_acl_entry(
                NetworkAclId=acl["NetworkAclId"], RuleNumber=entry["RuleNumber"], Egress=True
            )
    causes = ["icmp-rule-missing", "acl-denies-reply-out", "delivery-role-may-not-write"]
    return {"symptom": "no answer", "evidence": signs_of_life, "cause": causes}


def rung_10(lab):
    """The last one."""
    [log] = lab.ec2.describe_flow_logs()["FlowLogs"]
    lab.ec2.create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[lab.find("vpc", "vpc-b")],
        TrafficType="ALL",
        LogGroupName=lab.log_group,
        DeliverLogsPermissionArn=log["DeliverLogsPermissionArn"],
        MaxAggregationInterval=log["MaxAggregationInterval"],
    )
    route_through_peering(lab, "routes-a", "10.2.0.0/16")
    route_through_peering(lab, "routes-b", "10.1.0.0/16")
    causes = ["forward-route-missing", "return-route-in-main-table", "flow-log-missing"]
    return {"symptom": "no answer", "evidence": signs_of_life, "cause": causes}
