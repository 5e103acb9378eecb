"""Flow logs on both VPCs, written to one log group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.errors import LabError, StepOutOfOrder
from labkit.lab.tags import LAB_TAG, name_of
from labkit.steps import iam
from labkit.steps.plan import SIDES

if TYPE_CHECKING:
    from labkit.lab import CloudLab
    from labkit.steps.plan import Side

AGGREGATION_INTERVAL_S: Final = 60
RETENTION_DAYS: Final = 1


def build(lab: CloudLab) -> dict[str, str]:
    """
    The id of each VPC's flow log by its name; makes the log group and what is missing.

    Raises:
        StepOutOfOrder: The delivery role has not been built.
        LabError: AWS took the request but not the resource; says why.
    """
    make_log_group(lab, lab.log_group)
    names = {side: f"flow-log-{side.letter}" for side in SIDES}
    present = {name_of(item): item["FlowLogId"] for item in _present(lab)}
    return {name: present.get(name) or _create(lab, side, name) for side, name in names.items()}


def _present(lab: CloudLab) -> list[dict[str, Any]]:
    return lab.tags.resources(lab.ec2, "vpc-flow-log")


def make_log_group(lab: CloudLab, name: str) -> None:
    """A group of our own making carries the lab's tag and forgets after a day."""
    try:
        lab.logs.create_log_group(logGroupName=name, tags={LAB_TAG: lab.name})
    except lab.logs.exceptions.ResourceAlreadyExistsException:
        return
    lab.logs.put_retention_policy(logGroupName=name, retentionInDays=RETENTION_DAYS)


def role_arn(lab: CloudLab) -> str:
    """
    The ARN of the role that flow logs write with.

    Raises:
        StepOutOfOrder: It has not been built.
    """
    arn = iam.find_role(lab, iam.role_name(lab))
    if arn is None:
        raise StepOutOfOrder(
            f"Flow logs need the role {iam.role_name(lab)!r} to write with, and it is not there. "
            'Build it first: lab.build("iam").'
        )
    return arn


def _create(lab: CloudLab, side: Side, name: str) -> str:
    created = lab.ec2.create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[lab.require("vpc", side.vpc, step="vpcs")],
        TrafficType="ALL",
        LogDestinationType="cloud-watch-logs",
        LogGroupName=lab.log_group,
        DeliverLogsPermissionArn=role_arn(lab),
        MaxAggregationInterval=AGGREGATION_INTERVAL_S,
        TagSpecifications=lab.tags.specification("vpc-flow-log", name),
    )
    check_created(created, side.vpc)
    flow_log_id: str = created["FlowLogIds"][0]
    return flow_log_id


def check_created(answer: dict[str, Any], watched: str) -> None:
    """
    Nothing, if AWS made the flow logs it was asked for.

    Raises:
        LabError: It took the request but not the resource; says why.
    """
    if answer["Unsuccessful"]:
        error = answer["Unsuccessful"][0]["Error"]
        raise LabError(f"No flow log for {watched}: {error['Code']}: {error['Message']}")
