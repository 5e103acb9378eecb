"""Lesson 03, instances: a machine in its place, its interface, and three kinds of silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.checks.judges import judge
from labkit.checks.outcome import almost, done, not_attempted, not_yet
from labkit.checks.shown import shown
from labkit.checks.state import NetworkState
from labkit.network.hops import Fate
from labkit.network.topology import HostState
from labkit.steps.plan import A, B

if TYPE_CHECKING:
    from labkit.checks.outcome import Outcome
    from labkit.lab import CloudLab
    from labkit.network.topology import Interface, Topology


@judge("03-launch-b")
def launch_b(lab: CloudLab) -> Outcome:
    state = NetworkState.of(lab)
    found = _machines(state.topology, B.instance)
    if not found:
        return _none_of_that_name(state)
    if len(found) > 1:
        return not_yet(
            observed=f"{len(found)} machines are named {B.instance}.",
            expected="one.",
            look="`MinCount` and `MaxCount`.",
        )
    return _judge_place(state, found[0])


def _machines(topology: Topology, name: str) -> list[Interface]:
    """The interfaces of all instances of a name, running or not."""
    interfaces = topology.interfaces.values()
    return [each for each in interfaces if each.name == name and each.instance_id]


def _none_of_that_name(state: NetworkState) -> Outcome:
    strays = [
        each
        for each in state.topology.interfaces.values()
        if each.instance_id and each.subnet_id == state.subnet(B.subnet).subnet_id
    ]
    if strays:
        return not_yet(
            observed=f"in {B.subnet} there is a machine, and its name is {strays[0].name!r}.",
            expected=f"a machine with the tags of {B.instance}.",
            look="the name in `TagSpecifications`. By its tags the lab finds a machine.",
        )
    return not_attempted(f"Launch {B.instance} with one `run_instances` call, and run the cell.")


def _judge_place(state: NetworkState, machine: Interface) -> Outcome:
    lives_in = state.topology.subnet(machine.subnet_id).name
    if lives_in != B.subnet:
        return not_yet(
            observed=f"{B.instance} lives in {lives_in}.",
            expected=f"a machine in {B.subnet}.",
            look="the argument `SubnetId`. Which name does `lab.find` look for?",
        )
    address = str(machine.addresses[0])
    if address != B.instance_address:
        return almost(
            holds=f"{B.instance} lives in {B.subnet}.",
            fails=f"its address is {address}, and the plan says {B.instance_address}.",
            look="the argument `PrivateIpAddress`. Without it AWS takes any that is free.",
        )
    if machine.host.state is not HostState.RUNNING:
        return almost(
            holds=f"{B.instance} is in its place.",
            fails="it does not run.",
            look="`start_instances`, if it was stopped. If it is pending, wait and check again.",
        )
    return done(f"{B.instance} lives in {B.subnet}", f"it has {address}", "it runs")


_SILENT: Final = ("app-c", "10.1.1.77", B.instance)
_WORDS: Final = {
    Fate.HOST_DOWN: "stopped",
    Fate.NO_SUCH_ADDRESS: "no such address",
    Fate.NO_ROUTE: "no route",
    Fate.DENIED_BY_SECURITY_GROUP: "security group",
}


@judge("03-three-causes", causes=dict)
def three_causes(lab: CloudLab, causes: dict[object, object]) -> Outcome:
    state = NetworkState.of(lab)
    for target in _SILENT:
        fate, said = state.ping(A.instance, target).fate, causes.get(target)
        if said not in _WORDS.values():
            return not_yet(
                observed=f"for {target} you say {shown(said)}.",
                expected=f"one of {', '.join(map(repr, _WORDS.values()))}, for each of the three.",
                look="the spelling.",
            )
        if fate not in _WORDS:
            return not_yet(
                observed=f"a ping to {target} would now end like this: {fate}.",
                expected="the three silences, as the lesson made them.",
                look="the cell that stops app-c: run it again, and then this check.",
            )
        if said != _WORDS[fate]:
            return not_yet(
                observed=f"for {target} you say {said!r}. {_contradiction(str(said), fate)}",
                expected="a cause that fits where the packet ended.",
                look=f'the row with the cross in `lab.trace("{A.instance}", "{target}")`.',
            )
    return done(*(f"{target}: {causes[target]}" for target in _SILENT))


def _contradiction(said: str, fate: Fate) -> str:
    """What speaks against a cause, given how the walk really ended."""
    if said == "security group":
        return "But no security group refused the packet: it never met one on the far side."
    if said == "no route":
        return "But the target is in the same subnet, and there no route is asked for."
    if said == "stopped" and fate is Fate.NO_SUCH_ADDRESS:
        return "But a stopped machine keeps its interface, and no interface has this address."
    if fate is Fate.NO_ROUTE:
        return "But the packet never got out of its VPC, so nothing there can be the reason."
    return "But an interface has this address, so it belongs to somebody."


@judge("03-interface", writes_the_record=str)
def interface(lab: CloudLab, writes_the_record: str) -> Outcome:
    topology = NetworkState.of(lab).topology
    right = topology.find_interface(B.instance)
    if writes_the_record == right.interface_id:
        return done(f"this interface has {right.addresses[0]}, the address of {B.instance}")
    if writes_the_record == right.instance_id:
        return not_yet(
            observed=f"{writes_the_record} is the machine itself.",
            expected="what stands between the machine and the network.",
            look="`describe_network_interfaces`. AWS sees interfaces, not what is behind them.",
        )
    other = topology.interfaces.get(writes_the_record)
    if other is not None:
        return not_yet(
            observed=f"{writes_the_record} is the interface of {other.name}.",
            expected=f"the one at which the ping arrives, which is at {B.instance}.",
            look=f'the filter: `lab.instance_id("{B.instance}")` is the machine to ask about.',
        )
    return not_yet(
        observed=f"{writes_the_record!r} is no network interface of this lab.",
        expected="an id that begins with `eni-`.",
        look="`NetworkInterfaceId`, in the answer of `describe_network_interfaces`.",
    )
