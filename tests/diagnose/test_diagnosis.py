"""Whatever is wrong is named, with its proof and the smallest fix; what is well is left alone."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from itertools import product

import pytest

from labkit.diagnose import Cause, Logging, Question, Seen, diagnose
from labkit.diagnose.rehearsal import Sent, rehearse
from labkit.errors import FaultRefused, NameNotFound
from labkit.faults import ACROSS, FAULTS, Breaks
from labkit.faults.cases import cases
from labkit.flowlog import FlowRecord
from labkit.network.edits import with_route
from labkit.network.topology import Route, TargetKind

IN_THE_NETWORK = [
    each for each in FAULTS if FAULTS[each].breaks is Breaks.PING and not FAULTS[each].leads_out
]
# What a role allows is not on paper; test_asking asks IAM about it.
IN_THE_LOG = [
    each for each in FAULTS if FAULTS[each].breaks is Breaks.LOG and not each.startswith("delivery")
]


# One fault at a time.


@pytest.mark.parametrize("fault_id", IN_THE_NETWORK)
def test_the_cause_of_a_fault_is_named_and_nothing_else(asked, fault_id):
    case, found = cases()[fault_id], asked(fault_id)

    assert [case.diagnosis] == [str(each) for each in found.causes]
    assert case.fate.leg == found.findings[0].leg


@pytest.mark.parametrize("fault_id", IN_THE_NETWORK)
def test_the_cause_is_named_the_other_way_round_as_well(asked, on_paper, fault_id):
    found = asked(fault_id, ends=on_paper.back)

    assert [cases()[fault_id].diagnosis] == [str(each) for each in found.causes]


@pytest.mark.parametrize("fault_id", IN_THE_NETWORK)
def test_the_records_bear_the_first_finding_out(asked, fault_id):
    proof = asked(fault_id).findings[0].proof

    assert proof.startswith(("The records agree", "app-b (eni-"))


@pytest.mark.parametrize("fault_id", IN_THE_NETWORK)
def test_every_finding_has_a_fix_that_is_proven_and_opens_nothing_more_than_needed(asked, fault_id):
    found = asked(fault_id)

    assert "With all of it fixed, on a copy: Answered" in found.proof
    assert [()] * len(found.findings) == [each.fix.opens_too for each in found.findings]


@pytest.mark.parametrize("fault_id", IN_THE_LOG)
def test_a_fault_of_the_flow_logs_is_named_and_the_network_left_alone(on_paper, healthy, fault_id):
    found = on_paper.ask(on_paper.broken(healthy, fault_id))

    assert found.is_healthy
    assert [cases()[fault_id].diagnosis] == [str(each) for each in found.causes]


def test_a_connection_that_gets_no_answer_is_diagnosed_by_its_port(on_paper, healthy):
    world = on_paper.with_ssh(healthy, ip_network("10.1.0.0/16"))
    found = on_paper.ask(on_paper.broken(world, "acl-without-ephemeral-ports"), port=22)

    assert (Cause.ACL_ENTRY_FOR_OTHER_PORTS,) == found.causes
    assert "1024-65535" in found.findings[0].fix.words


# Several at once.


def two_at_once():
    """Every fault on the way there with every one on the way back, at another place."""
    felt = {name: case for name, case in cases().items() if name in IN_THE_NETWORK}
    there = [name for name, case in felt.items() if case.fate.leg == "request"]
    back = [name for name, case in felt.items() if case.fate.leg == "reply"]
    return [
        pair
        for pair in product(there, back)
        if felt[pair[0]].fate.at != felt[pair[1]].fate.at and "host-ignores-ping" not in pair
    ]


def test_of_two_faults_one_behind_the_other_both_are_named(healthy, on_paper):
    tried = 0
    for pair in two_at_once():
        try:
            world = on_paper.broken(healthy, *reversed(pair))
        except FaultRefused:
            continue
        tried += 1
        expected = [cases()[each].diagnosis for each in pair]
        found = on_paper.ask(world)

        # An ACL without entries stops request and reply alike, and is one thing.
        things = {(each.cause, each.component_ids): str(each.cause) for each in found.findings}

        assert expected == list(things.values()), pair
        assert "Answered" in found.proof, pair
    assert tried > 100


def test_what_lies_behind_the_first_thing_is_said_to_be_beyond_the_records(asked):
    found = asked("return-route-missing", "icmp-rule-missing")

    assert "No packet gets this far yet." == found.findings[1].proof
    assert "no security group rule on the way there, and 1 more behind it." == found.says


def test_a_fault_and_a_log_that_hides_it_are_both_named(healthy, on_paper):
    world = on_paper.broken(healthy, "forward-route-missing", "flow-log-rejects-only")
    found = on_paper.ask(world)

    assert (Cause.NO_ROUTE, Cause.LOG_KEEPS_REJECTS) == found.causes
    assert "cannot tell" in found.findings[0].proof


# Pings the other way, whose records look like those of replies.


def with_pings_back(world, on_paper):
    """The diagnosis of a ping while the receiver pings the sender twice."""
    there, back = (Question.of(world.topology, *ends) for ends in (ACROSS, on_paper.back))
    sent = [Sent(on_paper.asked_s, back, 2), Sent(on_paper.asked_s + 5, there, 4)]
    lines = rehearse(world, sent, "/labkit/flow-logs", on_paper.asked_s + 90)
    records = [FlowRecord.from_line(line.text).to_dict() for line in lines]
    logging = Logging(world.flow_logs, "/labkit/flow-logs", on_paper.read_s, on_paper.asked_s)
    return diagnose(on_paper.as_described(world), there, records, logging)


def test_a_host_that_pings_and_does_not_answer_is_still_found_silent(healthy, on_paper):
    found = with_pings_back(on_paper.broken(healthy, "host-ignores-ping"), on_paper)

    assert (Cause.HOST_SILENT,) == found.causes
    assert "6 packets coming in and 2 going out" in found.findings[0].proof


def test_a_host_that_pings_and_answers_is_not_found_silent(healthy, on_paper):
    assert with_pings_back(healthy, on_paper).is_healthy


def test_a_rejection_among_replies_to_the_others_pings_is_borne_out(healthy, on_paper):
    found = with_pings_back(on_paper.broken(healthy, "icmp-rule-missing"), on_paper)

    assert Seen.BOTH is found.sights[1].seen
    assert found.findings[0].borne_out


# Nothing wrong.


def test_nothing_is_found_where_nothing_is_wrong(asked, on_paper):
    for ends in (ACROSS, on_paper.back):
        found = asked(ends=ends)

        assert ((), True) == (found.causes, found.is_healthy)
        assert {Seen.ACCEPT} == {each.seen for each in found.sights}
        assert "nothing stands in the way" in repr(found)


def test_without_any_ping_it_says_to_send_one(healthy, on_paper):
    found = on_paper.ask(healthy, count=0)

    assert found.is_healthy
    assert "send one, wait for the logs" in found.notes[0]


def test_right_after_the_ping_it_says_that_it_is_too_early(healthy, on_paper):
    found = on_paper.ask(healthy, read_s=on_paper.asked_s + 60)

    assert (found.is_healthy, (Cause.TOO_EARLY,)) == (True, found.causes)
    assert {Seen.UNKNOWN} == {each.seen for each in found.sights}


def test_a_missing_record_is_no_evidence_where_nobody_would_have_written_it(healthy, on_paper):
    silent = on_paper.broken(healthy, "host-ignores-ping", "flow-log-missing")

    assert Cause.HOST_SILENT not in on_paper.ask(silent).causes


# Records and configuration that do not agree.


def test_a_rejection_that_the_configuration_does_not_explain_is_pointed_out(healthy, on_paper):
    question = Question.of(healthy.topology, *ACROSS)
    earlier = on_paper.broken(healthy, "icmp-rule-missing")
    logging = Logging(healthy.flow_logs, None, on_paper.read_s, on_paper.asked_s)
    found = diagnose(healthy.topology, question, on_paper.records_of(earlier, question), logging)

    assert found.is_healthy
    assert str(Cause.CHANGED_SINCE) in found.notes[0]


def test_records_from_before_a_fault_do_not_confirm_it(healthy, on_paper):
    question = Question.of(healthy.topology, *ACROSS)
    world = on_paper.broken(healthy, "icmp-rule-missing")
    logging = Logging(healthy.flow_logs, None, on_paper.read_s, on_paper.asked_s)
    found = diagnose(world.topology, question, on_paper.records_of(healthy, question), logging)

    assert str(Cause.CHANGED_SINCE) in found.findings[0].proof


# What cannot be known.


def test_a_way_that_the_lab_cannot_follow_is_said_to_be_unknown(healthy, on_paper):
    table_id = healthy.topology.route_table_of(
        healthy.topology.find_interface("app-a").subnet_id
    ).route_table_id
    route = Route(ip_network("10.2.0.0/16"), TargetKind.TRANSIT_GATEWAY, "tgw-1")
    odd = healthy.with_topology(with_route(healthy.topology, table_id, route))
    question = Question.of(odd.topology, *ACROSS)
    found = diagnose(odd.topology, question, [], Logging((), None, on_paper.read_s))

    assert "cannot be followed" in found.says
    assert "transit gateway" in found.notes[0]


def test_an_address_that_nobody_has_is_the_cause(healthy, on_paper):
    question = Question.of(healthy.topology, "app-a", "10.2.1.99")
    logging = Logging(healthy.flow_logs, None, on_paper.read_s)
    found = diagnose(healthy.topology, question, [], logging)

    assert (Cause.NOBODY_THERE, None) == (found.findings[0].cause, found.findings[0].fix)
    assert 2 == len(found.sights)


def test_an_unknown_instance_is_answered_with_the_known_ones(healthy):
    with pytest.raises(NameNotFound, match="app-a, app-b"):
        Question.of(healthy.topology, "app-a", "app-c")


def test_names_are_not_needed(healthy, on_paper):
    world = on_paper.broken(healthy, "return-route-missing")
    nameless = world.with_topology(_without_names(world.topology))
    ids = [world.topology.find_interface(name).instance_id for name in ACROSS]
    question = Question.of(nameless.topology, *ids)
    logging = Logging((), None, on_paper.read_s)

    found = diagnose(nameless.topology, question, [], logging)

    assert Cause.NO_ROUTE is found.causes[0]


def _without_names(topology):
    changed = {}
    for kind in ("vpcs", "subnets", "interfaces", "route_tables", "network_acls", "peerings"):
        resources = getattr(topology, kind)
        changed[kind] = {key: replace(each, name="") for key, each in resources.items()}
    return replace(topology, **changed)
