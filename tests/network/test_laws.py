"""What holds of every walk in every network that chance can draw."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import fields, replace
from itertools import pairwise

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from labkit.network.explain import explain, label
from labkit.network.packet import Action, Direction
from labkit.network.topology import NetworkAclEntry
from labkit.network.walk import Fate, Leg, Station, Verdict

law = settings(
    max_examples=100,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)

DENIED = {Fate.DENIED_BY_SECURITY_GROUP, Fate.DENIED_BY_NETWORK_ACL}
UNROUTABLE = {Fate.NO_ROUTE, Fate.BLACKHOLE, Fate.PEERING_NOT_ACTIVE, Fate.NOT_FOR_PEER}


def _filtered_crossings(walked):
    """Interface and direction of each passage through filters, in order."""
    filters = (Station.SECURITY_GROUP, Station.NETWORK_ACL)
    crossings = [
        (hop.leg, hop.interface_id, hop.direction) for hop in walked.hops if hop.station in filters
    ]
    return [(interface, direction) for _, interface, direction in dict.fromkeys(crossings)]


def _shuffled(topology, seed):
    """The same topology, its dictionaries filled in another order."""
    chance = random.Random(seed)  # noqa: S311  no secret is made from it
    tables = {}
    for field in fields(topology):
        items = list(getattr(topology, field.name).items())
        chance.shuffle(items)
        tables[field.name] = dict(items)
    return type(topology)(**tables)


@law
@given(data=st.data())
def test_a_walk_is_the_same_every_time(drawn, data):
    scenario = data.draw(drawn.scenarios)
    assert scenario.walk() == scenario.walk(_shuffled(scenario.topology, 0))


@law
@given(data=st.data(), seed=st.integers(0, 99))
def test_the_order_of_dictionaries_does_not_matter(drawn, data, seed):
    scenario = data.draw(drawn.scenarios)
    assert scenario.walk() == scenario.walk(_shuffled(scenario.topology, seed))


@law
@given(data=st.data())
def test_one_more_allow_rule_never_loses_an_answer(drawn, data):
    scenario = data.draw(drawn.scenarios)
    assume(scenario.walk().answered)
    group = data.draw(st.sampled_from(list(scenario.topology.security_groups.values())))
    way = data.draw(st.sampled_from(("ingress", "egress")))
    more = replace(group, **{way: (data.draw(drawn.rules), *getattr(group, way))})
    groups = {**scenario.topology.security_groups, group.group_id: more}
    assert scenario.walk(replace(scenario.topology, security_groups=groups)).answered


@law
@given(data=st.data())
def test_one_allow_rule_less_never_gains_an_answer(drawn, data):
    scenario = data.draw(drawn.scenarios)
    assume(not scenario.walk().answered)
    topology = scenario.topology
    group = data.draw(st.sampled_from(list(topology.security_groups.values())))
    way = data.draw(st.sampled_from(("ingress", "egress")))
    rules = getattr(group, way)
    assume(rules)
    lost = data.draw(st.integers(0, len(rules) - 1))
    less = replace(group, **{way: rules[:lost] + rules[lost + 1 :]})
    groups = {**topology.security_groups, group.group_id: less}
    assert not scenario.walk(replace(topology, security_groups=groups)).answered


@law
@given(data=st.data(), number=st.sampled_from((0, 200)), egress=st.booleans())
def test_one_more_deny_entry_never_gains_an_answer(drawn, data, number, egress):
    scenario = data.draw(drawn.scenarios)
    topology = scenario.topology
    assume(not scenario.walk().answered)
    acl = data.draw(st.sampled_from(list(topology.network_acls.values())))
    body = data.draw(drawn.entry_bodies)
    # Drawn entries are numbered from 1 to 101, so this one is either before or after them all.
    denying = NetworkAclEntry(number, egress, False, **body)
    acls = {
        **topology.network_acls,
        acl.network_acl_id: replace(acl, entries=(*acl.entries, denying)),
    }
    assert not scenario.walk(replace(topology, network_acls=acls)).answered


@law
@given(data=st.data())
def test_a_reject_is_seen_exactly_when_a_filter_denied(drawn, data):
    walked = data.draw(drawn.scenarios).walk()
    rejects = [each for each in walked.sightings if each.action is Action.REJECT]
    assert (walked.fate in DENIED) == bool(rejects)


@law
@given(data=st.data())
def test_the_reject_is_where_the_filter_that_denied_stands(drawn, data):
    walked = data.draw(drawn.scenarios).walk()
    assume(walked.fate in DENIED)
    *before, last = walked.sightings
    denial = walked.hops[-1]
    assert denial.verdict is Verdict.DENY
    assert (denial.interface_id, denial.direction, denial.packet, Action.REJECT) == (
        last.interface_id,
        last.direction,
        last.packet,
        last.action,
    )
    assert {Action.ACCEPT} >= {each.action for each in before}


@law
@given(data=st.data())
def test_sightings_follow_the_filters_passed(drawn, data):
    walked = data.draw(drawn.scenarios).walk()
    crossed = _filtered_crossings(walked)
    expected = crossed[:-1] if walked.fate in UNROUTABLE else crossed
    assert expected == [(each.interface_id, each.direction) for each in walked.sightings]


@law
@given(data=st.data())
def test_with_the_setting_every_passed_filter_leaves_a_sighting(drawn, data):
    walked = data.draw(drawn.scenarios).walk(unroutable_egress="accept")
    assert _filtered_crossings(walked) == [
        (each.interface_id, each.direction) for each in walked.sightings
    ]


@law
@given(data=st.data())
def test_the_setting_changes_no_hop_and_no_fate(drawn, data):
    scenario = data.draw(drawn.scenarios)
    omitted, accepted = scenario.walk(), scenario.walk(unroutable_egress="accept")
    assert replace(omitted, sightings=()) == replace(accepted, sightings=())
    assert omitted.sightings == accepted.sightings[: len(omitted.sightings)]


@law
@given(data=st.data())
def test_an_answered_walk_has_four_sightings_all_accepted(drawn, data):
    walked = data.draw(drawn.scenarios).walk()
    assume(walked.answered)
    there, back = walked.sender_id, walked.receiver_id
    assert [
        (there, Direction.EGRESS, Action.ACCEPT),
        (back, Direction.INGRESS, Action.ACCEPT),
        (back, Direction.EGRESS, Action.ACCEPT),
        (there, Direction.INGRESS, Action.ACCEPT),
    ] == [(each.interface_id, each.direction, each.action) for each in walked.sightings]


@law
@given(data=st.data())
def test_the_request_comes_before_the_reply(drawn, data):
    walked = data.draw(drawn.scenarios).walk()
    legs = [hop.leg for hop in walked.hops]
    assert legs == sorted(legs, key=list(Leg).index)
    met = {hop.packet: hop.leg for hop in walked.hops}
    seen = [met[each.packet] for each in walked.sightings]
    assert seen == sorted(seen, key=list(Leg).index)
    assert (walked.reply is None) == (Leg.REPLY not in legs)


@law
@given(data=st.data())
def test_only_the_last_hop_stops_a_packet(drawn, data):
    walked = data.draw(drawn.scenarios).walk()
    stops = [hop.verdict in (Verdict.DENY, Verdict.DROP) for hop in walked.hops]
    assert not any(stops[:-1])
    delivered = {Fate.HOST_SILENT, Fate.REPLY_ASTRAY, Fate.LEFT_FOR_INTERNET}
    assert stops[-1] == (not walked.answered and walked.fate not in delivered)


@law
@given(data=st.data(), seed=st.integers(0, 99))
def test_the_order_of_rules_in_a_group_does_not_matter(drawn, data, seed):
    scenario = data.draw(drawn.scenarios)
    chance = random.Random(seed)  # noqa: S311  no secret is made from it
    groups = {
        group.group_id: replace(
            group,
            ingress=tuple(chance.sample(group.ingress, len(group.ingress))),
            egress=tuple(chance.sample(group.egress, len(group.egress))),
        )
        for group in scenario.topology.security_groups.values()
    }
    other = scenario.walk(replace(scenario.topology, security_groups=groups))
    walked = scenario.walk()
    assert (walked.fate, walked.sightings) == (other.fate, other.sightings)


@law
@given(data=st.data())
def test_a_peering_is_crossed_only_between_its_own_two_vpcs(drawn, data):
    scenario = data.draw(drawn.scenarios)
    for before, after in pairwise(scenario.walk().hops):
        if before.station is Station.PEERING:
            peering = scenario.topology.peerings[before.component_ids[0]]
            assert peering.is_active
            assert peering.other_side(before.vpc_id) == after.vpc_id


@law
@given(data=st.data())
def test_every_sentence_names_what_it_is_about(drawn, data):
    scenario = data.draw(drawn.scenarios)
    walked = scenario.walk()
    sentences = explain(walked, scenario.topology)
    assert len(sentences) == len(walked.hops) + 1
    for sentence, hop in zip(sentences, walked.hops, strict=False):
        subject = hop.interface_id if hop.station is Station.HOST else hop.component_ids[0]
        assert label(scenario.topology, subject) in sentence
        assert sentence.endswith(".")


@law
@given(data=st.data())
def test_the_verdict_names_who_answered_or_what_stopped_it(drawn, data):
    scenario = data.draw(drawn.scenarios)
    walked = scenario.walk()
    last = walked.hops[-1]
    named = walked.receiver_id if walked.answered else last.component_ids[0]
    if last.station is Station.HOST:
        named = last.interface_id if not walked.answered else walked.receiver_id
    assert label(scenario.topology, named) in explain(walked, scenario.topology)[-1]


def test_chance_draws_all_kinds_of_fates(drawn):
    fates = Counter()

    @settings(law, max_examples=400)
    @given(scenario=drawn.scenarios)
    def collect(scenario):
        fates[scenario.walk().fate] += 1

    collect()
    common = {Fate.ANSWERED, Fate.NO_ROUTE, Fate.PEERING_NOT_ACTIVE, Fate.NO_SUCH_ADDRESS, *DENIED}
    assert common <= set(fates)
    assert len(fates) > len(common) + 2
    assert fates[Fate.ANSWERED] > 20
