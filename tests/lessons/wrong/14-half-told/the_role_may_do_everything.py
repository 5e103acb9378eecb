# outcome: almost
# says: the delivery role may now do * on *
import json


def rung_9(lab):
    lab.build("flow_logs")
    acl, _ = acl_of(lab, "subnet-b")
    for entry in acl["Entries"]:
        if entry["Egress"] and entry["RuleAction"] == "deny" and entry["RuleNumber"] < 32767:
            lab.ec2.delete_network_acl_entry(
                NetworkAclId=acl["NetworkAclId"], RuleNumber=entry["RuleNumber"], Egress=True
            )
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    lab.iam.put_role_policy(
        RoleName=f"{lab.name}-flow-logs",
        PolicyName="write-flow-logs",
        PolicyDocument=json.dumps(policy),
    )
    causes = ["icmp-rule-missing", "acl-denies-reply-out", "delivery-role-may-not-write"]
    return {"symptom": "no answer", "evidence": "stats count(*)", "cause": causes}


def rung_10(lab):
    return {"symptom": ____, "evidence": ____, "cause": ____}
