"""Lesson 08, flow logs and their role: whom to trust, what to allow, and the other side."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from labkit.checks.judges import judge
from labkit.checks.outcome import almost, done, not_attempted, not_yet
from labkit.errors import StepOutOfOrder
from labkit.lab.tags import LAB_TAG
from labkit.steps import iam
from labkit.steps.flow_logs import AGGREGATION_INTERVAL_S
from labkit.steps.plan import B

if TYPE_CHECKING:
    from labkit.checks.outcome import Outcome
    from labkit.lab import CloudLab

Statement: TypeAlias = dict[str, Any]

_STRANGERS_ACCOUNT: Final = "999999999999"
_TO_WRITE: Final = ("logs:CreateLogStream", "logs:PutLogEvents")
_KNOW_THE_STAR: Final = ("ArnLike", "ArnEquals", "StringLike")
_TO_LOOK: Final = "logs:DescribeLogStreams"


def _statements(policy: Any) -> list[Statement]:  # noqa: ANN401  JSON of a learner's
    """The statements of a policy that allow something; one may stand without a list."""
    found = policy.get("Statement", [])
    listed = found if isinstance(found, list) else [found]
    return [each for each in listed if isinstance(each, dict) and each.get("Effect") == "Allow"]


def _listed(value: Any) -> list[str]:  # noqa: ANN401  JSON of a learner's
    if value is None:
        return []
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


@judge("08-trust")
def trust(lab: CloudLab) -> Outcome:
    role = _role(lab)
    statements = _statements(role["AssumeRolePolicyDocument"])
    trusted = [name for each in statements for name in _principals(each)]
    if trusted == ["ec2.amazonaws.com"]:
        return not_attempted("Fill the two blanks: the principal, and the condition.")
    if "*" in trusted:
        return not_yet(
            observed="the role trusts `*`: everybody on AWS.",
            expected="a role that one service may assume, and nobody else.",
            look="`Principal`.",
        )
    own = [each for each in statements if iam.SERVICE in _principals(each)]
    if not own:
        return not_yet(
            observed=f"the role trusts {', '.join(trusted) or 'nobody'}.",
            expected="the flow logs service among those it trusts.",
            look='`{"Service": "..."}`, letter by letter.',
        )
    others = [name for name in trusted if name != iam.SERVICE]
    if others:
        return almost(
            holds="the flow logs service may assume the role.",
            fails=f"{others[0]} may do so, too, and has no need to.",
            look="`Principal`: one service, and no list.",
        )
    return _judge_conditions(lab, own[0].get("Condition") or {})


def _principals(statement: Statement) -> list[str]:
    principal = statement.get("Principal")
    if isinstance(principal, dict):
        return [name for names in principal.values() for name in _listed(names)]
    return _listed(principal)


def _judge_conditions(lab: CloudLab, conditions: dict[str, dict[str, Any]]) -> Outcome:
    keys = {key.lower(): _listed(value) for of in conditions.values() for key, value in of.items()}
    works = "the flow logs service may assume the role."
    if "aws:sourceaccount" not in keys and "aws:sourcearn" not in keys:
        return almost(
            holds=works,
            fails=f"it may do so for account {_STRANGERS_ACCOUNT}, too: a confused deputy.",
            look="`Condition`: for whom does the service ask?",
        )
    if keys.get("aws:sourceaccount", [lab.account_id]) != [lab.account_id]:
        return not_yet(
            observed=f"aws:SourceAccount is {keys['aws:sourceaccount'][0]}.",
            expected="your own account, or the service may never assume the role for you.",
            look="lab.account_id.",
        )
    if "aws:sourceaccount" not in keys or "aws:sourcearn" not in keys:
        missing = "aws:SourceArn" if "aws:sourceaccount" in keys else "aws:SourceAccount"
        return almost(
            holds=f"{works} Strangers cannot have it do so.",
            fails=f"there is no condition on {missing}.",
            look="both conditions in one dict: `StringEquals` and `ArnLike` side by side.",
        )
    flow_log = f"arn:aws:ec2:{lab.region}:{lab.account_id}:vpc-flow-log/fl-1"
    if not any(fnmatchcase(flow_log, pattern) for pattern in keys["aws:sourcearn"]):
        return not_yet(
            observed=f"aws:SourceArn is {keys['aws:sourcearn'][0]}, which is no flow log of yours.",
            expected="a pattern that the ARN of any flow log of yours matches.",
            look="flow_logs_of_mine, and `ArnLike`: only that one knows the star.",
        )
    patterned = [of for operator, of in conditions.items() if operator in _KNOW_THE_STAR]
    if "aws:sourcearn" not in {key.lower() for of in patterned for key in of}:
        return not_yet(
            observed="aws:SourceArn is compared letter by letter.",
            expected="a comparison that knows the star.",
            look="`ArnLike`.",
        )
    return done(
        "the role trusts the flow logs service",
        "on behalf of your account only",
        "and for flow logs of yours only",
    )


def _role(lab: CloudLab) -> dict[str, Any]:
    try:
        role: dict[str, Any] = lab.iam.get_role(RoleName=iam.role_name(lab))["Role"]
    except lab.iam.exceptions.NoSuchEntityException:
        raise StepOutOfOrder(
            f"There is no role {iam.role_name(lab)}. Run the cell that makes it."
        ) from None
    return role


@judge("08-permissions")
def permissions(lab: CloudLab) -> Outcome:
    _role(lab)
    policy = lab.iam.get_role_policy(RoleName=iam.role_name(lab), PolicyName=iam.POLICY_NAME)
    statements = _statements(policy["PolicyDocument"])
    if [each.get("Action") for each in statements] == ["logs:*"]:
        return not_attempted("Put a list of two statements in place of ____.")
    group = f"arn:aws:logs:{lab.region}:{lab.account_id}:log-group:{lab.log_group}"
    stream = f"{group}:log-stream:eni-0123456789abcdef0-all"
    lacking = [action for action in (*_TO_WRITE, _TO_LOOK) if not _may(statements, action, stream)]
    if lacking:
        return not_yet(
            observed=f"the role may not {lacking[0]} on {stream}.",
            expected="a role that can create a stream in this log group and write to it.",
            look="`Action` and `Resource` of your first statement. Streams are behind the colon: "
            '`group_arn + ":*"`.',
        )
    return _judge_excess(lab, statements, group)


def _judge_excess(lab: CloudLab, statements: list[Statement], group: str) -> Outcome:
    works = "flow logs can write to this log group."
    all_groups = f"arn:aws:logs:{lab.region}:{lab.account_id}:log-group::log-stream:"
    elsewhere = group.replace(lab.log_group, "/payroll") + ":log-stream:x"
    for action in _TO_WRITE:
        if _may(statements, action, elsewhere):
            return almost(
                holds=works,
                fails=f"the role may {action} in the log group /payroll as well.",
                look="`Resource`: a star alone is every log group.",
            )
    for action in ("logs:DeleteLogGroup", "logs:DeleteLogStream", "logs:PutRetentionPolicy"):
        if _may(statements, action, group) or _may(statements, action, f"{group}:log-stream:x"):
            return almost(
                holds=works,
                fails=f"the role may {action}, which no flow log ever has to.",
                look="`Action`: a star alone is everything one can do with logs.",
            )
    if not _may(statements, "logs:DescribeLogGroups", all_groups):
        return almost(
            holds=works,
            fails="the role may not logs:DescribeLogGroups, by which the service looks for it. "
            "It lists groups, so permission on a single one is not enough.",
            look='a statement of its own, with `"Resource": "*"`.',
        )
    return done(
        "the role can write to this log group",
        "it cannot write to others",
        "it cannot delete anything",
    )


def _may(statements: list[Statement], action: str, resource: str) -> bool:
    """Whether some statement allows an action on a resource; conditions are not asked."""
    return any(
        any(fnmatchcase(action.lower(), each.lower()) for each in _listed(statement.get("Action")))
        and any(fnmatchcase(resource, each) for each in _listed(statement.get("Resource")))
        for statement in statements
    )


@judge("08-other-side")
def other_side(lab: CloudLab) -> Outcome:
    flow_logs = lab.ec2.describe_flow_logs()["FlowLogs"]
    vpc_b = lab.require("vpc", B.vpc, step="vpcs")
    inside = {vpc_b, lab.require("subnet", B.subnet, step="subnets")}
    inside |= {each.interface_id for each in lab.topology().interfaces.values()
               if each.subnet_id in inside}  # fmt: skip
    own = [each for each in flow_logs if each["ResourceId"] in inside]
    if not own:
        return not_attempted(
            "Make one `create_flow_logs` call for vpc-b. If you made one, read `Unsuccessful` in "
            "its answer: AWS refuses there, without an error."
        )
    return _judge_flow_log(lab, own[-1], whole=own[-1]["ResourceId"] == vpc_b)


def _judge_flow_log(lab: CloudLab, found: dict[str, Any], *, whole: bool) -> Outcome:
    again = "Delete this flow log with `delete_flow_logs`, and make another."
    if found.get("LogGroupName") != lab.log_group:
        return not_yet(
            observed=f"the flow log writes to {found.get('LogGroupName')}.",
            expected=f"both sides in {lab.log_group}, so that one query sees the whole way.",
            look=f"`LogGroupName`. {again}",
        )
    if found["TrafficType"] != "ALL":
        return not_yet(
            observed=f"the flow log writes down {found['TrafficType']} only. A ping that works "
            f"and one that fails {_looks_alike(found['TrafficType'])}.",
            expected="a log that shows accepted and rejected traffic.",
            look=f"`TrafficType`. {again}",
        )
    if found.get("DeliverLogsPermissionArn") != _role(lab)["Arn"]:
        return not_yet(
            observed=f"the flow log names the role {found.get('DeliverLogsPermissionArn')}.",
            expected="the role you repaired.",
            look=f"`DeliverLogsPermissionArn`. {again}",
        )
    return _judge_reach(lab, found, whole=whole, again=again)


def _looks_alike(traffic: str) -> str:
    return "for want of a route both leave nothing" if traffic == "REJECT" else "may look alike"


def _judge_reach(lab: CloudLab, found: dict[str, Any], *, whole: bool, again: str) -> Outcome:
    if not whole:
        return almost(
            holds="app-b is watched.",
            fails=f"only {found['ResourceId']} is, and not all of vpc-b.",
            look=f"`ResourceType` and `ResourceIds`. {again}",
        )
    if found["MaxAggregationInterval"] != AGGREGATION_INTERVAL_S:
        return almost(
            holds="all of vpc-b is watched.",
            fails=f"its records take {found['MaxAggregationInterval']} seconds together, those of "
            f"vpc-a {AGGREGATION_INTERVAL_S}. The two sides of a ping come at different times.",
            look=f"`MaxAggregationInterval`; 600 is what you get without it. {again}",
        )
    return _judge_tags(lab, found)


def _judge_tags(lab: CloudLab, found: dict[str, Any]) -> Outcome:
    tags = {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}
    wanted = {"Name": f"flow-log-{B.letter}", LAB_TAG: lab.name}
    lacking = [key for key, value in wanted.items() if tags.get(key) != value]
    if lacking:
        return almost(
            holds="all of vpc-b is watched.",
            fails=f"its tag {lacking[0]} is {tags.get(lacking[0], 'missing')}, and should be "
            f"{wanted[lacking[0]]}. By its tags the lab finds it again.",
            look="`TagSpecifications`, as for vpc-a. Tags are all that can still be changed: "
            "`lab.ec2.create_tags(Resources=[...], Tags=[...])`.",
        )
    return done(
        "all of vpc-b is watched, accepted and rejected",
        "both sides write to one log group, minute by minute",
        "the role is the one you repaired",
    )
