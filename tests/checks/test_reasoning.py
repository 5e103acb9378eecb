"""An answer to an incident is judged by what it does: each part for itself, and by name."""

from __future__ import annotations

import pytest

from labkit import Lab
from labkit.checks import ____
from labkit.checks.outcome import Word
from labkit.errors import LabError, NameNotFound
from labkit.faults import ACROSS
from labkit.faults.cases import cases
from labkit.faults.incidents import draw
from labkit.insights.errors import QueryError

NOT_ATTEMPTED, NOT_YET, ALMOST, DONE = Word
TRAIL = """
    filter protocol = 1
    | stats sum(packets) as packets by interfaceId, srcAddr, action
    | sort interfaceId, srcAddr, action
"""
ANYWHERE = [{"CidrIp": "0.0.0.0/0"}]


@pytest.fixture(scope="module")
def lab():
    """A lab in which one incident after the other is worked on."""
    return Lab.open(through="flow_logs")


@pytest.fixture(scope="module")
def seed_of(lab):
    """The seed of the incident of a level that holds exactly some faults, from app-a to app-b."""
    topology = lab.topology()

    def seed_of(level, *fault_ids, late=False):
        for seed in range(3000):
            plot = draw(topology, seed, level)
            if (plot.fault_ids, plot.ends, plot.is_late) == (fault_ids, ACROSS, late):
                return seed
        raise LookupError(fault_ids)

    return seed_of


@pytest.fixture
def opened(lab, seed_of):
    """Opens an incident by what is in it; whatever a test does to the lab is undone."""
    yield lambda level, *fault_ids, **how: lab.incident(seed_of(level, *fault_ids, **how), level)
    lab.close_incident()


def words(verdict):
    return [verdict.symptom.word, verdict.evidence.word, verdict.cause.word, verdict.fix.word]


def said(outcome):
    return " ".join(text for _, text in outcome.parts)


def group_b(lab):
    return lab.find("security-group", "allow-icmp-b")


def allow(lab, protocol, low, high, ranges):
    permission = {"IpProtocol": protocol, "FromPort": low, "ToPort": high, "IpRanges": ranges}
    lab.ec2.authorize_security_group_ingress(GroupId=group_b(lab), IpPermissions=[permission])


def revoke(lab, protocol, low, high, ranges):
    permission = {"IpProtocol": protocol, "FromPort": low, "ToPort": high, "IpRanges": ranges}
    lab.ec2.revoke_security_group_ingress(GroupId=group_b(lab), IpPermissions=[permission])


# One incident, worked on by many.


@pytest.fixture
def rule_missing(opened, lab):
    opened(1, "icmp-rule-missing")
    return lab


def test_a_right_answer_is_done_in_every_part(rule_missing):
    ping = rule_missing.ping("app-a", "app-b")
    ranges = [{"CidrIp": "10.1.1.10/32"}]
    allow(rule_missing, "icmp", 8, -1, ranges)
    query = cases()["icmp-rule-missing"].query
    verdict = rule_missing.hand_in(symptom=ping, evidence=query, cause="icmp-rule-missing")
    revoke(rule_missing, "icmp", 8, -1, ranges)

    assert [DONE] * 4 == words(verdict)
    assert DONE is verdict.word


def test_an_answer_that_is_left_blank_is_not_attempted(rule_missing):
    verdict = rule_missing.hand_in(symptom=____, evidence="filter ____", cause=____)

    assert [NOT_ATTEMPTED] * 4 == words(verdict)


def test_a_symptom_may_be_written_with_a_capital(rule_missing):
    assert DONE is rule_missing.hand_in(symptom="No answer", evidence=____, cause=____).symptom.word


def test_a_wrong_symptom_is_told_with_what_was_said_of_which_ping(rule_missing):
    verdict = rule_missing.hand_in(symptom="answered", evidence=____, cause=____)

    assert NOT_YET is verdict.symptom.word
    assert "app-a to app-b" in said(verdict.symptom)


def test_evidence_that_would_say_the_same_of_something_else_is_not_enough(rule_missing):
    query = 'filter action = "REJECT" and protocol = 1 | stats count(*) as rejections'
    verdict = rule_missing.hand_in(symptom="no answer", evidence=query, cause=____)

    assert NOT_YET is verdict.evidence.word
    assert "outbound-rule-missing" in said(verdict.evidence)


def test_a_malformed_query_is_refused_as_everywhere(rule_missing):
    with pytest.raises(QueryError):
        rule_missing.hand_in(symptom="no answer", evidence="stats count(*) by", cause=____)


def test_all_records_of_the_ping_are_evidence_and_a_part_of_them_is_none(opened, lab):
    incident = opened(1, "icmp-rule-missing")
    frame = lab.flow_records()
    since = frame["end"].map(lambda end: end.timestamp()) >= int(incident.asked_s)
    records = frame[since & (frame["protocol"] == 1)]
    whole = lab.hand_in(symptom=____, evidence=records, cause=____)
    part = lab.hand_in(symptom=____, evidence=records[:1], cause=____)
    other = lab.hand_in(symptom=____, evidence=7, cause=____)

    assert [DONE, NOT_YET, NOT_YET] == [each.evidence.word for each in (whole, part, other)]


def test_a_cause_that_would_leave_other_records_is_told_which(rule_missing):
    cause = "return-route-missing"
    verdict = rule_missing.hand_in(symptom=____, evidence=____, cause=cause)

    assert NOT_YET is verdict.cause.word
    assert "then there would be a record of app-b" in said(verdict.cause)


def test_a_cause_that_explains_the_records_and_not_the_configuration_is_almost_right(rule_missing):
    verdict = rule_missing.hand_in(symptom=____, evidence=____, cause="acl-denies-request-in")

    assert ALMOST is verdict.cause.word


def test_an_unknown_cause_is_answered_with_the_nearest_known_one(rule_missing):
    with pytest.raises(NameNotFound, match="Did you mean 'icmp-rule-missing'"):
        rule_missing.hand_in(symptom=____, evidence=____, cause="icmp-rule-mising")


@pytest.mark.parametrize(("cause", "told"), [(7, "the cause is 7"), ([], "the cause is []")])
def test_a_cause_that_is_no_name_is_answered_with_what_is_wanted(rule_missing, cause, told):
    verdict = rule_missing.hand_in(symptom=None, evidence=None, cause=cause)

    assert [NOT_YET] * 3 == words(verdict)[:3]
    assert told in said(verdict.cause)


def test_whoever_names_a_fault_and_nothing_has_not_named_the_cause(rule_missing):
    hedged = ["icmp-rule-missing", "nothing"]
    verdict = rule_missing.hand_in(symptom=____, evidence=____, cause=hedged)

    assert NOT_YET is verdict.cause.word


def test_a_cause_without_which_the_others_say_as_much_is_one_too_many(opened, lab):
    routes = ["forward-route-too-narrow", "return-route-to-internet"]
    opened(4, *routes)
    padded = lab.hand_in(symptom=____, evidence=____, cause=[*routes, "peering-deleted"])
    right = lab.hand_in(symptom=____, evidence=____, cause=routes)

    assert [ALMOST, DONE] == [padded.cause.word, right.cause.word]
    assert "without peering-deleted it would as well" in said(padded.cause)


def test_tables_where_words_are_wanted_are_answered_with_what_is_wanted(rule_missing):
    frame = rule_missing.flow_records()
    verdict = rule_missing.hand_in(symptom=frame, evidence=frame["action"], cause=frame)

    assert [NOT_YET] * 3 == words(verdict)[:3]
    with pytest.raises(NameNotFound, match="There is no cause named '{}'"):
        rule_missing.hand_in(symptom=____, evidence=____, cause=[{}])


def test_records_of_nonsense_are_not_all_records(rule_missing):
    nonsense = {key: [] for key in ("interface-id", "srcaddr", "dstaddr", "protocol", "action")}
    verdict = rule_missing.hand_in(symptom=____, evidence=[nonsense], cause=____)

    assert "not all the records" in said(verdict.evidence)


def test_records_with_half_of_their_fields_are_no_evidence(rule_missing):
    records = rule_missing.flow_records()[["srcaddr", "dstaddr", "protocol"]]
    verdict = rule_missing.hand_in(symptom=____, evidence=records, cause=____)

    assert "without the field interface-id" in said(verdict.evidence)


def test_what_a_fault_opens_is_not_held_against_whoever_has_not_begun(opened, lab):
    opened(1, "default-group-only")
    untouched = lab.hand_in(symptom=____, evidence=____, cause=____)

    assert NOT_ATTEMPTED is untouched.fix.word


# Fixes.


@pytest.mark.parametrize(
    ("protocol", "low", "high", "named"),
    [
        ("-1", -1, -1, "all traffic but ICMP from 0.0.0.0/0"),
        ("icmp", -1, -1, "all ICMP"),
        ("icmp", 8, -1, "ICMP type 8"),
    ],
)
def test_a_rule_that_opens_more_than_there_was_is_named(rule_missing, protocol, low, high, named):
    allow(rule_missing, protocol, low, high, ANYWHERE)
    verdict = rule_missing.hand_in(symptom=____, evidence=____, cause=____)
    revoke(rule_missing, protocol, low, high, ANYWHERE)

    assert ALMOST is verdict.fix.word
    assert named in said(verdict.fix)
    assert "security groups of app-b" in said(verdict.fix)


def test_a_rule_in_the_wrong_place_restores_nothing(rule_missing):
    ranges = [{"CidrIp": "10.1.9.0/24"}]  # of the right VPC, and yet nobody's
    allow(rule_missing, "icmp", 8, -1, ranges)
    verdict = rule_missing.hand_in(symptom=____, evidence=____, cause=____)
    revoke(rule_missing, "icmp", 8, -1, ranges)

    assert NOT_YET is verdict.fix.word
    assert "app-a to app-b is still not answered" in said(verdict.fix)


def test_a_network_acl_opened_for_everybody_is_named(opened, lab):
    opened(1, "acl-new-and-empty")
    acl_id = lab.find("network-acl", "acl-of-subnet-b")
    for egress in (False, True):
        lab.ec2.create_network_acl_entry(
            NetworkAclId=acl_id,
            RuleNumber=100,
            Protocol="-1",
            RuleAction="allow",
            Egress=egress,
            CidrBlock="0.0.0.0/0",
        )
    verdict = lab.hand_in(symptom=____, evidence=____, cause=____)

    # The subnet's former ACL let everything pass as well, so this opens nothing more.
    assert DONE is verdict.fix.word


def test_a_route_to_everywhere_in_place_of_the_one_that_was_lost_is_named(opened, lab):
    opened(2, "return-route-missing")
    route = {
        "RouteTableId": lab.find("route-table", "routes-b"),
        "DestinationCidrBlock": "0.0.0.0/0",
    }
    peering_id = lab.find("vpc-peering-connection", "a-to-b")
    lab.ec2.create_route(**route, VpcPeeringConnectionId=peering_id)
    verdict = lab.hand_in(symptom=____, evidence=____, cause=____)
    lab.ec2.delete_route(**route)

    assert ALMOST is verdict.fix.word
    assert "routes of subnet-b" in said(verdict.fix)


def test_a_fix_that_deletes_the_evidence_is_none(capsys, seed_of):
    lab = Lab.open(through="flow_logs")
    capsys.readouterr()
    lab.incident(seed_of(1, "icmp-rule-missing"), 1)
    lab.logs.delete_log_group(logGroupName=lab.log_group)
    verdict = lab.hand_in(symptom=____, evidence=____, cause=____)

    assert NOT_YET is verdict.fix.word
    assert "records of this incident are gone" in said(verdict.fix)


def test_a_flow_log_that_still_tells_half_is_almost_a_fix(opened, lab):
    opened(3, "flow-log-rejects-only")
    flow_logs = lab.tags.resources(lab.ec2, "vpc-flow-log")
    lab.ec2.delete_flow_logs(FlowLogIds=[flow_logs[0]["FlowLogId"]])
    verdict = lab.hand_in(symptom="answered", evidence=____, cause="flow-log-rejects-only")

    assert [DONE, NOT_ATTEMPTED, DONE, ALMOST] == words(verdict)


def test_one_more_flow_log_beside_a_dead_one_is_a_fix_and_closing_takes_it_away(lab, seed_of):
    lab.incident(seed_of(3, "flow-log-writes-elsewhere"), 3)
    role = lab.iam.get_role(RoleName="labkit-flow-logs")["Role"]["Arn"]
    lab.ec2.create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[lab.find("vpc", "vpc-a"), lab.find("vpc", "vpc-b")],
        TrafficType="ALL",
        LogGroupName=lab.log_group,
        DeliverLogsPermissionArn=role,
    )
    verdict = lab.hand_in(symptom="answered", evidence=____, cause="flow-log-writes-elsewhere")
    lab.close_incident()
    left = lab.ec2.describe_flow_logs()["FlowLogs"]

    assert [DONE, NOT_ATTEMPTED, DONE, DONE] == words(verdict)
    assert [lab.log_group] * 2 == [each["LogGroupName"] for each in left]
    assert 2 == len(lab.tags.resources(lab.ec2, "vpc-flow-log"))


# Innocents.


def test_where_nothing_is_wrong_nothing_is_to_be_changed(opened, lab):
    opened(3)
    before = lab.hand_in(symptom="answered", evidence=TRAIL, cause="nothing")
    lab.ec2.delete_route(
        RouteTableId=lab.find("route-table", "routes-b"), DestinationCidrBlock="10.1.0.0/16"
    )
    after = lab.hand_in(symptom="answered", evidence=TRAIL, cause="icmp-rule-missing")
    lab.ec2.create_route(
        RouteTableId=lab.find("route-table", "routes-b"),
        DestinationCidrBlock="10.1.0.0/16",
        VpcPeeringConnectionId=lab.find("vpc-peering-connection", "a-to-b"),
    )

    assert [DONE] * 4 == words(before)
    assert [DONE, DONE, NOT_YET, NOT_YET] == words(after)


def test_a_log_that_is_late_is_the_cause_if_it_is_late_and_only_then(opened, lab):
    opened(3, late=True)
    right = lab.hand_in(symptom="answered", evidence=TRAIL, cause="too early")
    wrong = lab.hand_in(symptom="answered", evidence=TRAIL, cause="forward-route-missing")

    assert [DONE] * 4 == words(right)
    assert NOT_YET is wrong.cause.word


def test_too_early_is_not_the_cause_of_what_does_not_go_away(rule_missing):
    verdict = rule_missing.hand_in(symptom=____, evidence=____, cause="too early")

    assert NOT_YET is verdict.cause.word
    assert "wait_for_logs" in said(verdict.cause)


# Two things at once.


def test_half_of_the_causes_and_half_of_the_fixes_are_not_enough(opened, lab):
    opened(4, "icmp-rule-missing", "return-route-missing")
    one = lab.hand_in(symptom="no answer", evidence=____, cause="icmp-rule-missing")
    both = lab.hand_in(
        symptom="no answer", evidence=____, cause=["return-route-missing", "icmp-rule-missing"]
    )
    lab.repair_fault("icmp-rule-missing")
    half = lab.hand_in(symptom=____, evidence=____, cause=____)
    lab.repair_fault("return-route-missing")
    whole = lab.hand_in(symptom=____, evidence=____, cause=____)

    assert DONE is both.cause.word
    assert one.cause.word in (ALMOST, NOT_YET)
    assert [NOT_YET, DONE] == [half.fix.word, whole.fix.word]


@pytest.mark.parametrize(("seed", "level"), [(0, 4), (3, 4), (1, 5)])
def test_evidence_that_is_not_enough_is_told_why_without_naming_what_is_wrong(lab, seed, level):
    lab.incident(seed, level)
    verdict = lab.hand_in(symptom=____, evidence="filter protocol = 99 | limit 1", cause=____)
    closed = lab.close_incident()

    assert NOT_YET is verdict.evidence.word
    assert [] == [name for name in closed.plot.fault_ids if name in said(verdict.evidence)]


# Hints.


def test_hints_go_from_the_place_to_the_thing_and_follow_what_was_repaired(opened, lab):
    opened(4, "icmp-rule-missing", "return-route-missing")
    where, what, which = (lab.incident_hint(step).text for step in (1, 2, 3))
    lab.repair_fault("icmp-rule-missing")
    next_one = lab.incident_hint(3).text
    lab.repair_fault("return-route-missing")

    assert "app-b ingress (request): REJECT" in where
    assert "security group" in what
    assert "allow-icmp-b" in which
    assert "routes-b" in next_one
    assert "All is well now" in lab.incident_hint(1).text


def test_a_hint_follows_the_new_records_and_not_those_of_what_was_repaired(opened, lab):
    incident = opened(4, "icmp-rule-missing", "acl-denies-reply-out")
    lab.repair_fault("icmp-rule-missing")
    before = lab.incident_hint(1).text
    lab.ping(*incident.ends)
    lab.wait_for_logs()
    after = lab.incident_hint(1).text

    assert "Something still stands on the way back. Ping again" in before
    assert "app-b egress (reply): REJECT" in after


def test_a_hint_does_not_trust_a_log_that_is_blind(opened, lab):
    opened(3, "flow-log-missing")

    assert "Would the flow logs have told you" in lab.incident_hint(1).text
    assert "No flow log watches vpc-b" in lab.incident_hint(3).text


def test_a_hint_about_a_silent_host_leads_to_the_host(opened, lab):
    opened(3, "host-ignores-ping")

    assert "sysctl" in lab.incident_hint(3).text


def test_a_hint_after_too_wide_a_fix_is_about_its_width(rule_missing):
    allow(rule_missing, "-1", -1, -1, ANYWHERE)
    hints = [rule_missing.incident_hint(step).text for step in (1, 3)]
    revoke(rule_missing, "-1", -1, -1, ANYWHERE)

    assert "does more pass now than before" in hints[0]
    assert "all traffic but ICMP from 0.0.0.0/0" in hints[1]


def test_each_hint_says_more_than_the_one_before_whatever_state_the_lab_is_in(opened, lab):
    told = []

    def note():
        told.append([lab.incident_hint(step).text for step in (1, 2, 3)])

    opened(3, "flow-log-missing")
    note()
    lab.repair_fault("flow-log-missing")
    note()
    allow(lab, "-1", -1, -1, ANYWHERE)
    note()
    revoke(lab, "-1", -1, -1, ANYWHERE)

    assert [3] * len(told) == [len(set(each)) for each in told]


def test_a_hint_shows_as_the_hints_of_exercises_do_and_says_what_comes_next(rule_missing):
    first, last = (rule_missing.incident_hint(step) for step in (1, 3))

    assert repr(first).startswith("Hint 1 of 3: incident ")
    assert "<code>lab.incident_hint(2)</code>" in first._repr_html_()
    assert "the last one" in repr(last)


def test_there_is_no_fourth_hint(rule_missing):
    with pytest.raises(LabError, match="hints 1 to 3"):
        rule_missing.incident_hint(4)


def test_without_an_open_incident_there_is_nothing_to_hand_in(capsys):
    lab = Lab.open()
    capsys.readouterr()
    with pytest.raises(LabError, match="No incident is open"):
        lab.hand_in(symptom=____, evidence=____, cause=____)


def test_a_verdict_says_in_text_what_it_says_on_the_page(rule_missing):
    verdict = rule_missing.hand_in(symptom="answered", evidence=____, cause="icmp-rule-missing")

    assert "○ not attempted" in repr(verdict).splitlines()[0]
    for word in ("symptom", "evidence", "cause", "fix"):
        assert word in repr(verdict)
        assert word in verdict._repr_html_()
