"""
Beyond the guide: rejected records handed to a Lambda function as they arrive.

Four things: a function with a role and a log group of its own, a permission
that lets CloudWatch Logs invoke it for one log group, a subscription filter on
that group, and for each side a security group without rules, to put interfaces
into that must not speak to anybody.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final

from labkit.errors import StepOutOfOrder
from labkit.lab.functions import MODULE, package
from labkit.lab.tags import LAB_TAG
from labkit.steps import flow_logs, iam, reporter, security_groups
from labkit.steps.plan import SIDES

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.lab import CloudLab
    from labkit.steps.plan import Side

RUNTIME: Final = "python3.12"
TIMEOUT_S: Final = 30
MEMORY_MB: Final = 256
POLICY_NAME: Final = "write-own-log"
STATEMENT: Final = "flow-logs"
FILTER: Final = "rejected-flows"
PATTERN: Final = '[..., action = "REJECT", status]'
"""Records that were rejected, in AWS's default format, whose last two fields these are."""

_ROLE_IS_NEW_S: Final = 5.0
_GIVE_UP_S: Final = 60.0


def function_name(lab: CloudLab) -> str:
    """The name of the lab's function, and of its role."""
    return f"{lab.name}-rejects"


def asking_role_name(lab: CloudLab) -> str:
    """The name of the role that scheduled queries are run with."""
    return f"{lab.name}-scheduled-queries"


def query_prefix(lab: CloudLab) -> str:
    """How the names of the lab's scheduled queries begin."""
    return f"{lab.name}-"


def function_log_group(lab: CloudLab) -> str:
    """The log group in which Lambda writes what the function prints."""
    return f"/aws/lambda/{function_name(lab)}"


def build(lab: CloudLab) -> dict[str, str]:
    """
    What there is by its name: function, roles, quarantine groups; makes what is missing.

    Trust and permissions are written on every build; the function's code is not, so that
    code of a learner's stays.

    Raises:
        StepOutOfOrder: The log group of the flow logs, or a VPC, has not been built.
    """
    _require_log_group(lab)
    flow_logs.make_log_group(lab, function_log_group(lab))  # Lambda uses it as it is
    role_arn = _role(lab, function_name(lab), "lambda.amazonaws.com", may_write_own_log(lab))
    asking_arn = _role(lab, asking_role_name(lab), "logs.amazonaws.com", may_query(lab))
    function_arn = _function(lab, role_arn)
    _let_in(lab)
    lab.logs.put_subscription_filter(
        logGroupName=lab.log_group,
        filterName=FILTER,
        filterPattern=PATTERN,
        destinationArn=function_arn,
    )
    groups = {f"quarantine-{side.letter}": _quarantine(lab, side) for side in SIDES}
    return {function_name(lab): function_arn, asking_role_name(lab): asking_arn, **groups}


def may_write_own_log(lab: CloudLab) -> list[dict[str, Any]]:
    """What a function needs to log: two actions, on its own log group, which is there already."""
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    return [_allow(actions, _log_arn(lab, function_log_group(lab)))]


def may_query(lab: CloudLab) -> list[dict[str, Any]]:
    """What a scheduled query needs: to ask one log group, and to fetch answers."""
    return [
        _allow(["logs:StartQuery"], _log_arn(lab, lab.log_group)),
        _allow(["logs:GetQueryResults", "logs:DescribeLogGroups"], "*"),
    ]


def remove(lab: CloudLab) -> dict[str, int]:
    """How many of each kind were removed; log groups and security groups go with the others."""
    queries, functions = _queries(lab), _functions(lab)
    for name in queries:
        lab.logs.delete_scheduled_query(identifier=name)
    for name in functions:
        lab.functions.delete_function(FunctionName=name)
    return {"scheduled-query": len(queries), "function": len(functions)}


def remaining(lab: CloudLab) -> dict[str, int]:
    """How many of each kind there are."""
    return {"scheduled-query": len(_queries(lab)), "function": len(_functions(lab))}


def is_built(lab: CloudLab) -> bool:
    """Whether this step has been built, or half of it: its role comes first and goes last."""
    return iam.find_role(lab, function_name(lab)) is not None


def _queries(lab: CloudLab) -> list[str]:
    if not is_built(lab):
        return []
    found = lab.logs.list_scheduled_queries(maxResults=1000)["scheduledQueries"]
    return [each["name"] for each in found if each["name"].startswith(query_prefix(lab))]


def _functions(lab: CloudLab) -> list[str]:
    if not is_built(lab):
        return []
    pages = lab.functions.get_paginator("list_functions").paginate()
    found = [each for page in pages for each in page["Functions"]]
    tags_of = lab.functions.list_tags
    return [
        each["FunctionName"]
        for each in found
        if tags_of(Resource=each["FunctionArn"])["Tags"].get(LAB_TAG) == lab.name
    ]


def _require_log_group(lab: CloudLab) -> None:
    found = lab.logs.describe_log_groups(logGroupNamePrefix=lab.log_group)["logGroups"]
    if not any(group["logGroupName"] == lab.log_group for group in found):
        raise StepOutOfOrder(
            f"A subscription needs the log group {lab.log_group!r}, and it is not there. "
            'Build it first: lab.build("flow_logs").'
        )


def _role(lab: CloudLab, name: str, service: str, statements: list[dict[str, Any]]) -> str:
    about = f"What {service} acts as in the lab"
    permissions = {"Version": "2012-10-17", "Statement": statements}
    return iam.build_role(lab, name, about, _trust(lab, service), (POLICY_NAME, permissions))


def _trust(lab: CloudLab, service: str) -> dict[str, Any]:
    """Who may assume a role: a service, on behalf of this account only."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": lab.account_id}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _allow(actions: list[str], resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def _log_arn(lab: CloudLab, name: str) -> str:
    return f"arn:aws:logs:{lab.region}:{lab.account_id}:log-group:{name}:*"


def _function(lab: CloudLab, role_arn: str) -> str:
    try:
        found = lab.functions.get_function_configuration(FunctionName=function_name(lab))
    except lab.functions.exceptions.ResourceNotFoundException:
        found = _once_the_role_is_known(lab, lambda: _create(lab, role_arn))
        waiter = lab.functions.get_waiter("function_active_v2")
        waiter.wait(FunctionName=function_name(lab))
    arn: str = found["FunctionArn"]
    return arn


def _create(lab: CloudLab, role_arn: str) -> dict[str, Any]:
    created: dict[str, Any] = lab.functions.create_function(
        FunctionName=function_name(lab),
        Runtime=RUNTIME,
        Role=role_arn,
        Handler=f"{MODULE}.handler",
        Code={"ZipFile": package(inspect.getsource(reporter))},
        Timeout=TIMEOUT_S,
        MemorySize=MEMORY_MB,
        Tags={LAB_TAG: lab.name},
    )
    return created


def _once_the_role_is_known(lab: CloudLab, create: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What *create* gives back; on AWS some seconds pass until Lambda knows of a new role."""
    deadline_s = lab.clock.now() + _GIVE_UP_S
    while True:
        try:
            return create()
        except lab.functions.exceptions.InvalidParameterValueException:
            if lab.clock.now() >= deadline_s:
                raise
            lab.clock.sleep(_ROLE_IS_NEW_S)


def _let_in(lab: CloudLab) -> None:
    """CloudWatch Logs may invoke the function, for the flow logs' group and for no other."""
    try:
        lab.functions.add_permission(
            FunctionName=function_name(lab),
            StatementId=STATEMENT,
            Action="lambda:InvokeFunction",
            Principal="logs.amazonaws.com",
            SourceArn=_log_arn(lab, lab.log_group),
            SourceAccount=lab.account_id,
        )
    except lab.functions.exceptions.ResourceConflictException:
        return


def _quarantine(lab: CloudLab, side: Side) -> str:
    """The id of one side's group without a rule, in either direction."""
    about = "No rules: whatever is in here speaks to nobody"
    group = security_groups.find_or_create(lab, f"quarantine-{side.letter}", side.vpc, about)
    group_id: str = group["GroupId"]
    if group["IpPermissionsEgress"]:
        lab.ec2.revoke_security_group_egress(
            GroupId=group_id, IpPermissions=group["IpPermissionsEgress"]
        )
    if group["IpPermissions"]:
        lab.ec2.revoke_security_group_ingress(
            GroupId=group_id, IpPermissions=group["IpPermissions"]
        )
    return group_id
