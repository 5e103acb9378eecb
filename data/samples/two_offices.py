"""
A busy morning of two offices, as their flow logs tell it: ``python data/samples/two_offices.py``.

Nothing in the sample is made up: the lab is built with four more hosts, they
talk all morning, and what the flow logs delivered is written down, with a label
that says what each record belongs to: normal, never allowed, locked out or scan.
The same run gives the same bytes.

The story: web-a and batch-a use the database on db-b. Before the morning is
half over somebody narrows a rule of db-b to web-a, and batch-a is locked out.
Later cam-b, a camera, begins to knock on every door of app-a. All of it takes
less than two hours, because CloudWatch Logs takes no events from further ahead.
"""

from __future__ import annotations

import csv
import io
from contextlib import redirect_stdout
from pathlib import Path
from typing import Final

import yaml

from labkit import Lab
from labkit.flowlog.records import FlowRecord
from labkit.steps.instances import IMAGE_PARAMETER, INSTANCE_TYPE

HERE: Final = Path(__file__).resolve().parent
NAME: Final = "two-offices"

HOSTS: Final = {
    "web-a": ("subnet-a", "10.1.1.20"),
    "batch-a": ("subnet-a", "10.1.1.30"),
    "db-b": ("subnet-b", "10.2.1.20"),
    "cam-b": ("subnet-b", "10.2.1.77"),
}
POSTGRESQL: Final = 5432
TURN_S: Final = 160
TURNS: Final = 40
NARROWED_AT: Final = 17
SCAN_AT: Final = 26


def main() -> None:
    """Play the morning and write the sample beside this file."""
    with redirect_stdout(io.StringIO()):
        lab = Lab.open(through="flow_logs", nodata="omit")
        groups = _open_offices(lab)
    changes = _play(lab, groups)
    lab.wait_for_logs()
    lines = _lines(lab)
    (HERE / f"{NAME}.log").write_text("".join(f"{line}\n" for line in lines))
    _write_labels([FlowRecord.from_line(line) for line in lines])
    story = {"changes": changes, "hosts": _addresses()}
    (HERE / f"{NAME}.yaml").write_text(yaml.safe_dump(story, sort_keys=False))


def _open_offices(lab: Lab) -> dict[str, str]:
    """Launch the other hosts, each with a group of its own; the id of each group by host."""
    image = lab.ssm.get_parameter(Name=IMAGE_PARAMETER)["Parameter"]["Value"]
    groups = {host: _group(lab, host, subnet) for host, (subnet, _) in HOSTS.items()}
    for host, (subnet, address) in HOSTS.items():
        lab.ec2.run_instances(
            ImageId=image,
            InstanceType=INSTANCE_TYPE,
            MinCount=1,
            MaxCount=1,
            SubnetId=lab.find("subnet", subnet),
            PrivateIpAddress=address,
            SecurityGroupIds=[groups[host]],
            TagSpecifications=lab.tags.specification("instance", host),
        )
    _allow(lab, groups["db-b"], "10.1.0.0/16")
    lab.run_command("db-b", f"nc -lk {POSTGRESQL} &")
    return groups


def _group(lab: Lab, host: str, subnet: str) -> str:
    created = lab.ec2.create_security_group(
        GroupName=f"only-{host}",
        Description=f"what may reach {host}",
        VpcId=lab.find("vpc", subnet.replace("subnet", "vpc")),
    )
    return created["GroupId"]


def _allow(lab: Lab, group_id: str, cidr: str) -> None:
    lab.ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=[_from(cidr)])


def _from(cidr: str) -> dict[str, object]:
    ports = {"IpProtocol": "tcp", "FromPort": POSTGRESQL, "ToPort": POSTGRESQL}
    return {**ports, "IpRanges": [{"CidrIp": cidr}]}


def _play(lab: Lab, groups: dict[str, str]) -> list[dict[str, object]]:
    """One turn after the other; the changes that were made, and when."""
    changes: list[dict[str, object]] = []
    for turn in range(TURNS):
        ends = lab.clock.now() + TURN_S
        if turn == NARROWED_AT:
            changes.append({"at": int(lab.clock.now()), "what": "rule of db-b narrowed"})
            _allow(lab, groups["db-b"], "10.1.1.20/32")
            lab.ec2.revoke_security_group_ingress(
                GroupId=groups["db-b"], IpPermissions=[_from("10.1.0.0/16")]
            )
        _work(lab, turn)
        lab.clock.sleep(ends - lab.clock.now())
    return changes


def _work(lab: Lab, turn: int) -> None:
    """What happens in one turn: more in the middle of the morning than at its ends."""
    busy = 1 + min(turn, TURNS - turn) // 6
    lab.ping("app-a", "app-b", count=2 + turn % 3)
    for visit in range(busy):
        lab.run_command("web-a", f"nc -z -w 1 10.2.1.20 {POSTGRESQL}")
        lab.clock.sleep(5 + 2 * visit)
    if turn % 2:
        lab.ping("app-b", "app-a", count=3)
    if turn % 3 == 0:
        lab.run_command("app-a", "nc -z -u -w 1 10.1.1.20 514")
    if turn % 2 == 0:
        tries = 3 if turn >= NARROWED_AT else 1
        lab.run_command("batch-a", ";".join([f"nc -z -w 1 10.2.1.20 {POSTGRESQL}"] * tries))
    if SCAN_AT <= turn < SCAN_AT + 3:
        first = 1 + 40 * (turn - SCAN_AT)
        lab.run_command("cam-b", f"nc -z -w 1 10.1.1.10 {first}-{first + 39}")


def _lines(lab: Lab) -> list[str]:
    """The lines of the log group, in the order of their time."""
    pages = lab.logs.get_paginator("filter_log_events").paginate(logGroupName=lab.log_group)
    events = [event for page in pages for event in page["events"]]
    return [each["message"] for each in sorted(events, key=_place)]


def _place(event: dict[str, object]) -> tuple[object, ...]:
    return event["timestamp"], event["logStreamName"], event["message"]


def _label(record: FlowRecord) -> str:
    ends = {record.srcaddr, record.dstaddr}
    if "10.2.1.77" in ends:
        return "scan"
    if record.action == "ACCEPT":
        return "normal"
    return "locked out" if ends == {"10.1.1.30", "10.2.1.20"} else "never allowed"


def _write_labels(records: list[FlowRecord]) -> None:
    with (HERE / f"{NAME}.labels.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["line", "label"])
        writer.writerows(enumerate(map(_label, records), start=1))


def _addresses() -> dict[str, str]:
    known = {"app-a": "10.1.1.10", "app-b": "10.2.1.10"}
    return known | {host: address for host, (_, address) in HOSTS.items()}


if __name__ == "__main__":
    main()
