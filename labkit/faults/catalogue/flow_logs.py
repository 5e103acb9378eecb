"""Flow logs that do not tell: the network is well, and the evidence is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.faults.fault import Breaks, fault
from labkit.faults.parts import Change, DeliveryPolicies, DeliveryTrust, FlowLogOf
from labkit.steps import iam

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.faults.way import Way

# The service a copied example often names. Source: failures reported for several templates.
_ANOTHER_SERVICE: Final = "cloudtrail.amazonaws.com"


@fault(Breaks.LOG)
def flow_log_missing(way: Way) -> Iterator[Change]:
    """
    Nobody watches the receiver's VPC.

    **Symptom** The ping is answered, and the receiver's interface has no records.

    **Evidence** The sender's interface records request and reply. The receiver's interface has no
    rows at all, not even NODATA; an interface that is watched and silent would have those.

    **Cause** There is no flow log on the receiver's VPC.

    **Repair** Create the flow log. What happened before it stays unknown.
    """
    yield Change(FlowLogOf(way.receiver.vpc.vpc_id), None)


@fault(Breaks.LOG)
def flow_log_rejects_only(way: Way) -> Iterator[Change]:
    """
    The flow logs keep rejected traffic only.

    **Symptom** The ping is answered, and there is no record of it.

    **Evidence** Not one ACCEPT from any interface, although traffic flows.

    **Cause** The flow logs were made with TrafficType REJECT.

    **Repair** Delete them and create them anew with TrafficType ALL: nobody can change one.
    """
    yield from _of_both(way, TrafficType="REJECT")


@fault(Breaks.LOG)
def flow_log_accepts_only(way: Way) -> Iterator[Change]:
    """
    The flow logs keep accepted traffic only.

    **Symptom** A packet that a security group refuses leaves no record where it was refused.

    **Evidence** Not one REJECT from any interface, even for traffic that is surely refused.

    **Cause** The flow logs were made with TrafficType ACCEPT.

    **Repair** Delete them and create them anew with TrafficType ALL: nobody can change one.
    """
    yield from _of_both(way, TrafficType="ACCEPT")


@fault(Breaks.LOG)
def flow_log_writes_elsewhere(way: Way) -> Iterator[Change]:
    """
    The flow logs write to another log group than the one being read.

    **Symptom** The ping is answered, and the log group gets no new records.

    **Evidence** No rows from any interface since the change, not even NODATA; delivery is a
    success.

    **Cause** The flow logs name another log group.

    **Repair** Read that group, or delete the flow logs and create them with the right one.
    """
    yield from _of_both(way, LogGroupName=f"/{way.lab_name}/forgotten-flow-logs")


def _of_both(way: Way, **settings: Any) -> Iterator[Change]:  # noqa: ANN401  settings as EC2 has them
    for end in (way.sender, way.receiver):
        yield Change(FlowLogOf(end.vpc.vpc_id), settings)


@fault(Breaks.LOG)
def delivery_role_trusts_another_service(way: Way) -> Iterator[Change]:
    """
    The delivery role may be assumed by another service, and not by flow logs.

    **Symptom** The ping is answered, and there are no new records from any interface.

    **Evidence** No rows at all since the change. The flow logs say ACTIVE, their delivery says
    FAILED with "Access error".

    **Cause** The trust policy names the wrong service principal.

    **Repair** Let vpc-flow-logs.amazonaws.com assume the role.
    """
    del way  # the role serves every flow log of the lab
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": _ANOTHER_SERVICE},
        "Action": "sts:AssumeRole",
    }
    yield Change(DeliveryTrust(), {"Version": "2012-10-17", "Statement": [statement]})


@fault(Breaks.LOG)
def delivery_role_may_not_write(way: Way) -> Iterator[Change]:
    """
    The delivery role may make log groups and streams, and not write to them.

    **Symptom** The ping is answered, and there are no new records from any interface.

    **Evidence** No rows at all since the change. The flow logs say ACTIVE, their delivery says
    FAILED with "Access error".

    **Cause** The policy of the role lacks logs:PutLogEvents.

    **Repair** Allow the role what delivery needs, logs:PutLogEvents among it.
    """
    del way  # the role serves every flow log of the lab
    actions = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogGroups"]
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    yield Change(DeliveryPolicies(), {"inline": {iam.POLICY_NAME: document}, "attached": []})
