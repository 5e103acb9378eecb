"""A lab in, its diagnosis out: everything that has to be read from a cloud is read here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.diagnose.diagnosis import Diagnosis, diagnose
from labkit.diagnose.evidence import Logging
from labkit.diagnose.question import Question
from labkit.diagnose.roles import Role
from labkit.faults.world import flow_logs_on

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labkit.flowlog.flow_log import FlowLog
    from labkit.lab import CloudLab

# How far back records count when nobody knows when the packet was sent [s].
LOOK_BACK_S: Final = 3600


def diagnose_lab(
    lab: CloudLab,
    source: str,
    target: str,
    *,
    port: int | None = None,
    asked_s: float | None = None,
) -> Diagnosis:
    """
    What is wrong with the way from one instance to another; sends nothing, changes nothing.

    Args:
        lab: The lab.
        source: Name of the instance that asks.
        target: Name of the instance that is asked, or an address.
        port: TCP port; None diagnoses a ping.
        asked_s: When the packet was sent [Unix s]. Only records from then on
            count; of the last hour if it is not known.

    Raises:
        NameNotFound: No interface goes by one of the names.
    """
    topology = lab.topology()
    question = Question.of(topology, source, target, port)
    flow_logs = flow_logs_on(lab, topology)
    logging = Logging(
        flow_logs,
        lab.log_group,
        lab.clock.now(),
        asked_s,
        tuple(_roles(lab, flow_logs)),
    )
    since_s = lab.clock.now() - LOOK_BACK_S if asked_s is None else asked_s
    return diagnose(topology, question, _records(lab, flow_logs, since_s), logging)


def _records(lab: CloudLab, flow_logs: Iterable[FlowLog], since_s: float) -> list[dict[Any, Any]]:
    """Records of traffic since a moment; none where nothing writes to the lab's group."""
    if not any(each.log_group == lab.log_group for each in flow_logs):
        return []
    frame = lab.flow_records()
    # A record may have begun with an earlier packet of the same flow; its end is what counts.
    field = "end" if "end" in frame else "start"
    if frame.empty or field not in frame:
        return []
    recent = frame[field].map(lambda time: time.timestamp()) >= int(since_s)
    # An absent value is a value of its own here, and not the number that pandas has for it.
    found: list[dict[Any, Any]] = frame[recent].astype(object).to_dict("records")
    return [{key: None if value != value else value for key, value in row.items()} for row in found]  # noqa: PLR0124  not a number


def _roles(lab: CloudLab, flow_logs: Iterable[FlowLog]) -> Iterable[Role]:
    """The delivery roles as IAM describes them; one that is gone trusts nobody."""
    for arn in dict.fromkeys(each.role_arn for each in flow_logs if each.role_arn):
        yield read_role(lab, arn)


def read_role(lab: CloudLab, arn: str) -> Role:
    """A role by its ARN, with every policy that it has; one that is gone trusts nobody."""
    name, iam = arn.rpartition("/")[2], lab.iam
    try:
        trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
        inline = [
            iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
        ]
        attached = [
            read_policy(lab, each["PolicyArn"])
            for each in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        ]
    except iam.exceptions.NoSuchEntityException:
        return Role(arn, {})
    return Role(arn, trust, (*inline, *attached))


def read_policy(lab: CloudLab, arn: str) -> dict[str, Any]:
    """What a managed policy says, by its ARN."""
    version = lab.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found = lab.iam.get_policy_version(PolicyArn=arn, VersionId=version)
    document: dict[str, Any] = found["PolicyVersion"]["Document"]
    return document
