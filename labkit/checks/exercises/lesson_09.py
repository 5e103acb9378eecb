"""Lesson 09, flow records: which way, who knocked, and a format that says more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.checks.judges import judge
from labkit.checks.outcome import almost, done, not_attempted, not_yet
from labkit.checks.shown import shown
from labkit.checks.staging import scene, staged_at
from labkit.checks.theirs import call
from labkit.errors import StepOutOfOrder
from labkit.flowlog import DEFAULT_FORMAT, FlowRecord, LogFormat
from labkit.steps import iam
from labkit.steps.plan import SIDES, A, B, other

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from labkit.checks.outcome import Outcome
    from labkit.lab import CloudLab
    from labkit.steps.plan import Side

# Doors that nobody opened: the port of remote desktop, and that of a database.
_DOORS: Final = (3306, 445)
_KNOCKS: Final = (3, 2)
_TCP: Final = 6


@judge("09-direction", direction="callable")
def direction(lab: CloudLab, direction: Callable[[str], object]) -> Outcome:
    lines = _lines(lab)
    own = {
        each.interface_id: {str(address) for address in each.addresses}
        for each in lab.topology().interfaces.values()
    }
    true = {line: _way(FlowRecord.from_line(line), own) for line in lines}
    if not any(true.values()):
        raise StepOutOfOrder("The log has no record with traffic. Run the cell with the ping.")
    said = {line: call(direction, line) for line in [*lines, _quiet(lines[0])]}
    wrong = [line for line in lines if true[line] and said[line] != true[line]]
    if wrong:
        return _wrong_way(wrong[0], said[wrong[0]], true)
    if (quiet := said[_quiet(lines[0])]) is not None:
        return almost(
            holds="every record with traffic comes out right.",
            fails=f"a NODATA line gave {shown(quiet)}. Nothing went anywhere there.",
            look="the line's addresses: `-` is neither source nor destination.",
        )
    return done(
        f"the {sum(way is not None for way in true.values())} records with traffic in your log",
        "a NODATA line, which has no direction",
    )


def _lines(lab: CloudLab) -> list[str]:
    pages = lab.logs.get_paginator("filter_log_events").paginate(logGroupName=lab.log_group)
    lines = [event["message"] for page in pages for event in page["events"]]
    if not lines:
        raise StepOutOfOrder("The log is empty. Run the cell with the ping, then wait for the log.")
    return lines


def _quiet(line: str) -> str:
    """The NODATA line that the same interface would write."""
    record = FlowRecord.from_line(line)
    silent = FlowRecord(
        account_id=record.account_id,
        interface_id=record.interface_id,
        start=record.start,
        end=record.end,
        log_status="NODATA",
    )
    return silent.to_line(DEFAULT_FORMAT)


def _way(record: FlowRecord, own: dict[str, set[str]]) -> str | None:
    addresses = own.get(record.interface_id or "", set())
    if record.srcaddr in addresses:
        return "out"
    return "in" if record.dstaddr in addresses else None


def _wrong_way(line: str, found: object, true: dict[str, str | None]) -> Outcome:
    record = FlowRecord.from_line(line)
    swapped = {"in": "out", "out": "in"}.get(str(found)) == true[line]
    spelt = str(found).lower() in {"in", "out", "ingress", "egress"}
    return not_yet(
        observed=f"for a record from {record.srcaddr} to {record.dstaddr}, written by "
        f"{record.interface_id}, your function gave {shown(found)}.",
        expected='"in" or "out", seen from the interface that wrote the record; None without '
        "traffic.",
        look="source and destination: they are swapped. Whoever is the *source* sends."
        if swapped
        else 'the words: "in" and "out", nothing else.'
        if spelt and found not in {"in", "out"}
        else "`return`: does every way through the function come to one?"
        if found is None
        else "`own`: is it the source of the record, or the destination?",
    )


@scene("09-who-knocked")
def somebody_knocks(lab: CloudLab) -> None:
    """Who, where and how often follow from a digit of the subnet's id."""
    knocker, port, times = _plot(lab)
    address = other(knocker).instance_address
    for _ in range(times):
        lab.run_command(knocker.instance, f"nc -z -w 1 {address} {port}")


def _plot(lab: CloudLab) -> tuple[Side, int, int]:
    digit = int(lab.require("subnet", B.subnet, step="subnets")[-1], 16)
    return SIDES[(digit + 1) % 2], _DOORS[digit // 2 % 2], _KNOCKS[digit // 4 % 2]


@judge("09-who-knocked", who=str, port=int, times=int, refused_by=str)
def who_knocked(lab: CloudLab, who: str, port: int, times: int, refused_by: str) -> Outcome:
    refused = _refused(lab)
    side = A if str(refused["srcaddr"].iloc[0]) == A.instance_address else B
    door = int(refused["dstport"].iloc[0])
    if _instance(who) != side.instance:
        return not_yet(
            observed=f"you say {who} knocked.",
            expected="the instance that sent the packets to the door.",
            look="which side has the low port. The packets *to* that port have a source.",
        )
    if port != door:
        return not_yet(
            observed=f"you say port {port}.",
            expected="the port that was knocked at.",
            look="`dstport` of the rejected records. The source port changes with every attempt."
            if port in set(refused["srcport"])
            else "`dstport` of the rejected records.",
        )
    return _judge_refusal(refused, times, refused_by, other(side))


def _instance(said: str) -> str:
    """The name of an instance that is called by its name or by its address."""
    names = {side.instance_address: side.instance for side in SIDES}
    return names.get(said.strip(), said.strip())


def _judge_refusal(refused: pd.DataFrame, times: int, refused_by: str, host: Side) -> Outcome:
    if _instance(refused_by) != host.instance:
        return almost(
            holds="who knocked, and where.",
            fails=f"{refused_by} refused nothing: its own records of these packets say ACCEPT.",
            look="the `interface-id` of the records that say REJECT.",
        )
    if times != len(refused):
        return almost(
            holds="who knocked, where, and who said no.",
            fails=f"{times} is not how often. "
            + ("Each knock is in the log twice." if times == 2 * len(refused) else ""),
            look="the records of *one* interface. Each attempt has a source port of its own.",
        )
    return done(
        "who sent, to which port, and how many attempts",
        "the interface that wrote REJECT",
    )


def _refused(lab: CloudLab) -> pd.DataFrame:
    """The rejected TCP records since the scene was played."""
    import pandas as pd  # noqa: PLC0415  heavy, and only needed here

    since = pd.Timestamp(_begun(lab), unit="s", tz="UTC").floor("s")
    records = lab.flow_records()
    chosen = records[
        (records["protocol"] == _TCP) & (records["action"] == "REJECT") & (records["end"] <= since)
    ]
    _, _, times = _plot(lab)
    if chosen.empty:
        raise StepOutOfOrder(
            'Nobody has knocked yet. Run stage("09-who-knocked", lab), then lab.wait_for_logs().'
        )
    return chosen.tail(times)


def _begun(lab: CloudLab) -> float:
    return staged_at("09-who-knocked") or lab.clock.now()


@judge("09-custom-format")
def custom_format(lab: CloudLab) -> Outcome:
    vpc_a = lab.require("vpc", A.vpc, step="vpcs")
    flow_logs = lab.ec2.describe_flow_logs()["FlowLogs"]
    custom = [each for each in flow_logs if each["LogFormat"] != str(DEFAULT_FORMAT)]
    own = [each for each in custom if each["ResourceId"] == vpc_a]
    if not custom:
        return not_attempted("Make one `create_flow_logs` call with a `LogFormat`.")
    if not own:
        return not_yet(
            observed=f"the flow log with your format is on {custom[-1]['ResourceId']}.",
            expected="one on vpc-a.",
            look="`ResourceIds`.",
        )
    return _judge_format(lab, own[-1])


def _judge_format(lab: CloudLab, found: dict[str, Any]) -> Outcome:
    again = "A flow log cannot be changed: delete it, and make another."
    fields = [each.name for each in LogFormat.parse(found["LogFormat"]).fields]
    if "flow-direction" not in fields:
        return not_yet(
            observed=f"its records have the fields {', '.join(fields)}.",
            expected="a field that says ingress or egress.",
            look=f"`flow-direction`, written like the others. {again}",
        )
    needed = ("interface-id", "srcaddr", "dstaddr", "action", "log-status")
    missing = [name for name in needed if name not in fields]
    if missing:
        return almost(
            holds="its records say the direction.",
            fails=f"they do not say {', '.join(missing)}.",
            look=f"`richer`: add to it instead of starting afresh. {again}",
        )
    if found.get("LogGroupName") == lab.log_group:
        return almost(
            holds="its records say the direction, and the rest.",
            fails="they stand among lines of another format. Whoever reads that group cannot tell "
            "which word is which.",
            look=f"`LogGroupName`. {again}",
        )
    return _judge_rest(lab, found, again) or done(
        "the direction is in the record",
        "the five other fields are, too",
        "the lines have a log group of their own",
        "accepted and rejected traffic is written down, by the role that may",
    )


def _judge_rest(lab: CloudLab, found: dict[str, Any], again: str) -> Outcome | None:
    """What is wrong with a flow log whose format is right."""
    works = "the format is right, and so is its place."
    role = lab.iam.get_role(RoleName=iam.role_name(lab))["Role"]["Arn"]
    if found.get("DeliverLogsPermissionArn") != role:
        return almost(
            holds=works,
            fails=f"its role is {found.get('DeliverLogsPermissionArn')}, which may not write here.",
            look=f"`DeliverLogsPermissionArn` and role_arn. {again}",
        )
    if found["TrafficType"] != "ALL":
        return almost(
            holds=works,
            fails=f"it writes down {found['TrafficType']} only, so half of the story is missing.",
            look=f"`TrafficType`. {again}",
        )
    return None
