"""
Run Command of AWS Systems Manager: scripts on simulated instances.

A script runs to its end before SendCommand answers.  On a virtual clock the
time it takes passes; on the wall clock it is done at once, and its packets
carry the seconds it would have taken.

Source: AWS Systems Manager API Reference; User Guide, "Understanding command statuses".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.clock import VirtualClock
from labkit.endpoint.delivery import Delivery
from labkit.endpoint.hosts import Hosts
from labkit.endpoint.moto_seam.protocols import new_request_id
from labkit.endpoint.operations import AwsError, operation
from labkit.endpoint.shell import run
from labkit.endpoint.shell.machine import Machine
from labkit.endpoint.snapshot import Snapshots
from labkit.endpoint.ssm_store import Command, Commands, Invocation
from labkit.endpoint.ssm_targets import Instance, instances, targeted
from labkit.endpoint.traffic import Wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.endpoint.operations import Call

DOCUMENT: Final = "AWS-RunShellScript"
_PARAMETERS: Final = ("commands", "workingDirectory", "executionTimeout")
_EXECUTION_TIMEOUT_S: Final = 3600
_LONGEST_EXECUTION_S: Final = 172_800
_MOST_INSTANCES: Final = 50
_PAGE: Final = 50


@operation("ssm", "SendCommand")
def send_command(call: Call) -> dict[str, Any]:
    """
    The command as it was taken on; by then it has run on every instance.

    Raises:
        AwsError: An unknown document, bad parameters, or an instance that is not running.
    """
    document = call.params["DocumentName"].rsplit("document/", maxsplit=1)[-1]
    if document != DOCUMENT:
        raise AwsError("InvalidDocument", f"Document with name {document} is not simulated.")
    lines, timeout_s = _script(call.params.get("Parameters") or {})
    chosen = _chosen(call)
    now_s = call.aws.clock.now()
    command = Command(
        command_id=new_request_id(),
        asked={**call.params, "DocumentName": document},
        requested_at_s=now_s,
        expires_after_s=now_s + call.params.get("TimeoutSeconds", 3600),
        invocations=tuple(_run_on(call, chosen, lines, timeout_s)),
    )
    call.aws.extension(Commands).add(call.region, command)
    return {"Command": command.as_sent()}


def _script(parameters: dict[str, list[str]]) -> tuple[Sequence[str], float]:
    """The lines to run and the time they have [s]."""
    unknown = sorted(set(parameters) - set(_PARAMETERS))
    if unknown:
        names = ", ".join(unknown)
        raise AwsError("InvalidParameters", f"Parameters not defined by {DOCUMENT}: {names}")
    if not parameters.get("commands"):
        raise AwsError("InvalidParameters", "Parameter commands is required.")
    text = (parameters.get("executionTimeout") or [str(_EXECUTION_TIMEOUT_S)])[0]
    if not text.isdecimal() or not 1 <= int(text) <= _LONGEST_EXECUTION_S:
        message = f"executionTimeout is {text!r}; expected 1 to {_LONGEST_EXECUTION_S} seconds."
        raise AwsError("InvalidParameters", message)
    return parameters["commands"], float(text)


def _chosen(call: Call) -> list[Instance]:
    """The running instances the command is for."""
    known = instances(call)
    asked = call.params.get("InstanceIds") or []
    if not asked and not call.params.get("Targets"):
        raise AwsError("ValidationException", "Specify either InstanceIds or Targets.")
    if len(asked) > _MOST_INSTANCES:
        raise AwsError("ValidationException", f"InstanceIds takes at most {_MOST_INSTANCES} ids.")
    running = {each.instance_id for each in known if each.is_running}
    lost = [instance_id for instance_id in asked if instance_id not in running]
    if lost:
        listed = ", ".join(lost)
        message = f"Instances [[{listed}]] not in a valid state for account {call.account_id}"
        raise AwsError("InvalidInstanceId", message)
    wanted = {*asked, *(each.instance_id for each in targeted(known, call.params.get("Targets")))}
    return [each for each in known if each.instance_id in wanted & running]


def _run_on(
    call: Call, chosen: Sequence[Instance], lines: Sequence[str], timeout_s: float
) -> list[Invocation]:
    """Run the script on all instances at the same time, and let that time pass."""
    aws, region = call.aws, call.region
    snapshots = aws.extension(Snapshots)
    wire = Wire(lambda: snapshots.of(region), aws.settings.unroutable_egress)
    started_s = aws.clock.now()
    done = []
    for instance in chosen:
        machine = Machine(
            instance_id=instance.instance_id,
            wire=wire,
            hosts=aws.extension(Hosts),
            region=region,
            now_s=started_s,
            deadline_s=started_s + timeout_s,
            seed=aws.settings.seed,
        )
        output = run(machine, lines)
        done.append(
            Invocation(instance.instance_id, instance.name, output, started_s, machine.now_s)
        )
    if isinstance(aws.clock, VirtualClock):
        aws.clock.advance_to(max((each.ended_s for each in done), default=started_s))
    aws.extension(Delivery).take(wire.seen, wire.topology)
    return done


@operation("ssm", "GetCommandInvocation")
def get_command_invocation(call: Call) -> dict[str, Any]:
    """What one command did on one instance."""
    command = call.aws.extension(Commands).find(call.region, call.params["CommandId"])
    for invocation in command.invocations if command else ():
        plugin = call.params.get("PluginName", "aws:runShellScript")
        if invocation.instance_id == call.params["InstanceId"]:
            if command is None or plugin != "aws:runShellScript":
                break
            return command.shown(invocation)
    raise AwsError("InvocationDoesNotExist", "The command ID and instance ID don't match.")


@operation("ssm", "ListCommands")
def list_commands(call: Call) -> dict[str, Any]:
    """The commands sent, newest first."""
    found = [
        command
        for command in _asked_for(call)
        if not call.params.get("InstanceId")
        or any(each.instance_id == call.params["InstanceId"] for each in command.invocations)
    ]
    kept = [each for each in found if _passes(call, each, each.status)]
    return _page(call, "Commands", [each.described() for each in kept])


@operation("ssm", "ListCommandInvocations")
def list_command_invocations(call: Call) -> dict[str, Any]:
    """What commands did, instance by instance."""
    details = call.params.get("Details", False)
    wanted = call.params.get("InstanceId")
    items = [
        command.listed(invocation, details=details)
        for command in _asked_for(call)
        for invocation in command.invocations
        if wanted in (None, invocation.instance_id) and _passes(call, command, invocation.status)
    ]
    return _page(call, "CommandInvocations", items)


@operation("ssm", "CancelCommand")
def cancel_command(call: Call) -> dict[str, Any]:
    """Nothing: a command has ended by the time anybody can cancel it."""
    _known(call, call.params["CommandId"])
    return {}


@operation("ssm", "DescribeInstanceInformation")
def describe_instance_information(call: Call) -> dict[str, Any]:
    """Every instance the agent has reported from: online while it runs."""
    given = {
        each.get("key", each.get("Key", "")): each.get("valueSet", each.get("Values", []))
        for name in ("InstanceInformationFilterList", "Filters")
        for each in call.params.get(name) or ()
    }
    found = [each.information(call.aws.clock.now()) for each in instances(call)]
    return _page(
        call,
        "InstanceInformationList",
        [item for item in found if _is_wanted(item, given)],
    )


_INFORMATION_FILTERS: Final = {
    "InstanceIds": "InstanceId",
    "PingStatus": "PingStatus",
    "PlatformTypes": "PlatformType",
    "ResourceType": "ResourceType",
    "AgentVersion": "AgentVersion",
}


def _is_wanted(item: dict[str, Any], given: dict[str, list[str]]) -> bool:
    for key, values in given.items():
        if key not in _INFORMATION_FILTERS:
            known = ", ".join(_INFORMATION_FILTERS)
            raise AwsError("InvalidFilterKey", f"Filter {key} is not simulated; these are: {known}")
        if item[_INFORMATION_FILTERS[key]] not in values:
            return False
    return True


def _asked_for(call: Call) -> list[Command]:
    if call.params.get("CommandId"):
        return [_known(call, call.params["CommandId"])]
    return call.aws.extension(Commands).all(call.region)


def _known(call: Call, command_id: str) -> Command:
    command = call.aws.extension(Commands).find(call.region, command_id)
    if command is None:
        raise AwsError("InvalidCommandId", f"No command has the id {command_id}.")
    return command


def _passes(call: Call, command: Command, status: str) -> bool:
    requested = command.described()["RequestedDateTime"].isoformat()
    for each in call.params.get("Filters") or ():
        key, value = each["key"], each["value"]
        passes = {
            "Status": status == value,
            "DocumentName": command.asked["DocumentName"] == value,
            "InvokedAfter": requested >= value,
            "InvokedBefore": requested < value,
        }
        if key not in passes:
            raise AwsError("InvalidFilterKey", f"Filter {key} is not simulated.")
        if not passes[key]:
            return False
    return True


def _page(call: Call, key: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    """One page of a list, with a token if more follow."""
    token = call.params.get("NextToken") or "0"
    if not token.isdecimal():
        raise AwsError("InvalidNextToken", "The specified token is not valid.")
    first = int(token)
    last = first + (call.params.get("MaxResults") or _PAGE)
    more = {"NextToken": str(last)} if last < len(items) else {}
    return {key: items[first:last], **more}
