"""Incidents are drawn alike for the same seed, give nothing away, and can always be ended."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace

import pytest

from labkit import Lab, faults
from labkit.errors import LabError, NameNotFound
from labkit.faults import FAULTS, Breaks, incidents
from labkit.faults.cases import cases
from labkit.faults.incidents import LEVELS, Plot, draw, rungs
from labkit.faults.parts import AclEntry, AclOf
from labkit.network.topology import HostState

SEEDS = range(30)


@pytest.fixture(scope="module")
def topology(broken_lab):
    return broken_lab.topology()


@pytest.fixture(scope="module")
def drawn(topology):
    """Thirty incidents of every level."""
    return {level: [draw(topology, seed, level) for seed in SEEDS] for level in LEVELS}


@pytest.fixture
def desk(broken_lab, comparable):
    """A lab in which incidents are opened; it has to be as it was when a test is over."""
    before = comparable(broken_lab.topology())
    yield broken_lab
    if incidents.desk.files.find(broken_lab):
        incidents.close_incident(broken_lab)
    assert before == comparable(broken_lab.topology())
    assert 0 == len(broken_lab.ssm.get_parameters_by_path(Path="/labkit/incident")["Parameters"])


# Drawing.


def test_the_same_seed_draws_the_same_incident_and_another_one_mostly_another(topology, drawn):
    again = {level: [draw(topology, seed, level) for seed in SEEDS] for level in LEVELS}

    assert drawn == again
    for level, plots in drawn.items():
        different = {replace(each, seed=0) for each in plots}

        assert len(different) > 24, f"level {level}"


def test_a_plot_survives_being_stored(drawn):
    for plots in drawn.values():
        assert plots == [Plot.from_json(each.to_json()) for each in plots]


@pytest.mark.parametrize("level", LEVELS)
def test_all_incidents_of_a_level_are_equally_hard(drawn, level):
    plots = drawn[level]
    lost = Counter(
        sum(FAULTS[each].breaks is Breaks.PING for each in plot.fault_ids) for plot in plots
    )
    in_log = Counter(
        sum(FAULTS[each].breaks is Breaks.LOG for each in plot.fault_ids) for plot in plots
    )
    expected = {1: ({1}, {0}), 2: ({1}, {0}), 3: ({0, 1}, {0, 1}), 4: ({2}, {0}), 5: ({2}, {1})}

    assert expected[level] == (set(lost), set(in_log))
    assert {LEVELS[level].noise} == {len(plot.noise) for plot in plots}


def test_the_first_level_is_loud_and_the_second_silent(drawn):
    def says_so(plot):
        return any(
            "REJECT" in record for name in plot.fault_ids for record in cases()[name].records
        )

    assert {True} == {says_so(plot) for plot in drawn[1]}
    assert {False} == {says_so(plot) for plot in drawn[2]}


def test_the_third_level_holds_innocents_of_every_kind(drawn):
    late = sum(plot.is_late for plot in drawn[3])
    nothing = sum(not plot.fault_ids and not plot.is_late for plot in drawn[3])
    hosts = sum(
        plot.fault_ids[:1] in [("instance-stopped",), ("host-ignores-ping",)] for plot in drawn[3]
    )
    logs = sum(plot.answered and bool(plot.fault_ids) for plot in drawn[3])

    assert len(drawn[3]) == late + nothing + hosts + logs
    assert min(late, nothing, hosts, logs) > 0


def test_what_hides_behind_something_stands_at_another_place_on_the_way_back(drawn):
    for plot in drawn[4]:
        fates = [cases()[name].fate for name in plot.fault_ids]

        assert {"request", "reply"} == {fate.leg for fate in fates}
        assert len(fates) == len({fate.at for fate in fates})


def test_both_ways_round_come_up(drawn):
    assert 2 == len({plot.ends for plots in drawn.values() for plot in plots})


def test_noise_is_made_between_the_hosts_that_there_are(topology, drawn):
    addresses = {each.name: str(each.addresses[0]) for each in topology.interfaces.values()}
    for plots in drawn.values():
        for noise in (each for plot in plots for each in plot.noise):
            assert addresses[noise.target] == noise.address
            assert noise.source != noise.target


def test_a_ticket_names_the_hosts_and_no_fault(drawn):
    for plots in drawn.values():
        for plot in plots:
            assert set(plot.ends) <= {word.strip(".,:?") for word in plot.ticket.split()}
            for name in plot.fault_ids:
                assert FAULTS[name].says not in plot.ticket
                assert cases()[name].diagnosis not in plot.ticket


def test_a_network_without_two_running_hosts_has_no_incidents(topology):
    stopped = replace(
        topology,
        interfaces={
            key: replace(each, host=replace(each.host, state=HostState.STOPPED))
            for key, each in topology.interfaces.items()
        },
    )
    with pytest.raises(LabError, match="instances in two VPCs"):
        draw(stopped, 1, 1)


# Opening and closing.


def test_an_incident_is_what_its_ticket_says_and_is_over_when_it_is_closed(desk):
    incident = desk.incident(seed=3, level=2)
    lost = desk.ping(*incident.ends)
    closed = desk.close_incident()

    assert not lost.answered
    told, after = (" ".join(repr(each).split()) for each in (incident, closed))
    assert incident.ticket in told
    assert FAULTS[closed.plot.fault_ids[0]].says in after
    assert 92 >= max(len(line) for each in (incident, closed) for line in repr(each).splitlines())
    assert desk.ping(*incident.ends).answered


def test_the_ping_of_the_ticket_is_in_the_records_and_so_is_the_time_before(desk):
    incident = desk.incident(seed=0, level=1)
    frame = desk.flow_records()
    starts, ends = (frame[field].map(lambda time: time.timestamp()) for field in ("start", "end"))
    asked = frame[(ends >= int(incident.asked_s)) & (frame["action"] == "REJECT")]
    before = frame[(starts >= int(incident.begun_s)) & (starts < incident.asked_s)]

    assert {True} == {not asked.empty, "ACCEPT" in set(before["action"])}


def test_whoever_works_on_it_is_not_told_what_is_wrong(desk):
    incident = desk.incident(seed=5, level=4)
    plot = incidents.current(desk).plot
    told = repr([getattr(incident, each.name) for each in fields(incident)])
    stored = "".join(
        each["Value"] + each["Name"] + each.get("Description", "")
        for path in ("/labkit/incident", "/labkit/faults")
        for each in desk.ssm.get_parameters_by_path(Path=path)["Parameters"]
    )

    assert [] == [name for name in plot.fault_ids if name in told + stored]
    assert {""} == set(desk.faults()["applied"])


def test_an_incident_opened_twice_is_taken_up_again(desk):
    first = desk.incident(seed=2, level=1)
    sent = desk.clock.now()

    assert repr(first) == repr(desk.on_same_cloud(desk.name).incident(seed=2, level=1))
    assert sent == desk.clock.now()


def test_a_second_incident_is_refused_while_one_is_open(desk):
    desk.incident(seed=2, level=1)
    with pytest.raises(LabError, match=r"Incident 2 of level 1 is still open.*close_incident"):
        desk.incident(seed=3, level=1)


def test_an_unknown_level_is_answered_with_the_known_ones(desk):
    with pytest.raises(NameNotFound, match="Known: 1, 2, 3, 4, 5"):
        desk.incident(seed=1, level=9)


@pytest.mark.parametrize(("seed", "level"), [("7", 1), (None, 1), (7, "1"), (7, 1.0), (True, 1)])
def test_seed_and_level_are_whole_numbers(desk, seed, level):
    with pytest.raises(LabError, match=r"is a whole number.*lab.incident\(seed=7, level=1\)"):
        desk.incident(seed, level)


def test_what_somebody_changed_meanwhile_is_put_back_and_told(desk):
    desk.incident(seed=0, level=2)
    desk.ec2.stop_instances(InstanceIds=[desk.instance_id("app-a")])
    flow_logs = desk.tags.resources(desk.ec2, "vpc-flow-log")
    desk.ec2.delete_flow_logs(FlowLogIds=[flow_logs[0]["FlowLogId"]])
    table_id = desk.find("route-table", "routes-b")
    desk.ec2.create_route(
        RouteTableId=table_id,
        DestinationCidrBlock="10.0.0.0/8",
        VpcPeeringConnectionId=desk.find("vpc-peering-connection", "a-to-b"),
    )
    told = repr(desk.close_incident())

    assert f"route 10.0.0.0/8 of {table_id}: absent" in told
    assert 2 == len(desk.tags.resources(desk.ec2, "vpc-flow-log"))
    assert desk.ping("app-a", "app-b").answered


@pytest.mark.parametrize("fault_id", ["return-route-missing", "host-ignores-ping"])
def test_what_the_repair_of_a_fault_stands_on_is_put_back_before_it(desk, drawn, fault_id):
    seed = next(plot.seed for plot in drawn[2] if plot.fault_ids == (fault_id,))
    desk.incident(seed=seed, level=2)
    desk.ec2.stop_instances(InstanceIds=[desk.instance_id(name) for name in ("app-a", "app-b")])
    peering_id = desk.find("vpc-peering-connection", "a-to-b")
    desk.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=peering_id)
    told = repr(desk.close_incident())

    assert "peering connection a-to-b: active" in told
    assert desk.ping("app-a", "app-b").answered


def test_a_peering_connection_made_anew_by_hand_takes_the_place_of_the_one_before(desk):
    desk.incident(seed=0, level=1)
    former = desk.find("vpc-peering-connection", "a-to-b")
    desk.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=former)
    made = desk.ec2.create_vpc_peering_connection(
        VpcId=desk.find("vpc", "vpc-a"), PeerVpcId=desk.find("vpc", "vpc-b")
    )["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    desk.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=made)
    desk.close_incident()

    assert made == desk.find("vpc-peering-connection", "a-to-b")
    assert desk.ping("app-a", "app-b").answered


def test_a_route_that_was_left_to_a_former_peering_connection_is_put_back(desk):
    desk.incident(seed=0, level=1)
    former = desk.find("vpc-peering-connection", "a-to-b")
    desk.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=former)
    desk.build("peering")
    told = repr(desk.close_incident())

    assert "route 10.1.0.0/16 of" in told
    assert desk.ping("app-a", "app-b").answered


def test_a_delivery_role_that_was_deleted_is_told_with_how_to_build_it_again(desk):
    desk.incident(seed=0, level=1)
    role = {"RoleName": "labkit-flow-logs"}
    desk.iam.delete_role_policy(**role, PolicyName="write-flow-logs")
    desk.iam.delete_role(**role)
    told = repr(desk.close_incident())
    desk.build("flow_logs")

    assert 'is gone. Build it again: lab.build("flow_logs")' in told
    assert [] == [each for each in told.splitlines() if "ClientError" in each]


def test_the_network_acl_of_a_subnet_is_put_back_with_what_it_denied(desk):
    in_force = AclOf(desk.find("subnet", "subnet-b"))
    own = in_force.read(desk)
    denied = AclEntry(own, egress=False, number=50)
    entry = {"Protocol": "6", "RuleAction": "deny", "CidrBlock": "192.0.2.0/24"}
    denied.write(desk, {**entry, "PortRange": {"From": 22, "To": 22}})
    before = denied.read(desk)
    desk.incident(seed=0, level=2)
    denied.write(desk, None)
    other = desk.ec2.create_network_acl(VpcId=desk.find("vpc", "vpc-b"))["NetworkAcl"]
    in_force.write(desk, other["NetworkAclId"])
    desk.close_incident()
    found = (in_force.read(desk), denied.read(desk))
    denied.write(desk, None)
    desk.ec2.delete_network_acl(NetworkAclId=other["NetworkAclId"])

    assert (own, before) == found


def test_a_lab_with_faults_in_it_is_refused(desk):
    desk.apply_fault("return-route-missing")
    with pytest.raises(LabError, match="lab.repair_faults"):
        desk.incident(seed=1)
    desk.repair_faults()


def test_a_lab_that_somebody_broke_by_hand_is_refused(desk):
    route = {
        "RouteTableId": desk.find("route-table", "routes-a"),
        "DestinationCidrBlock": "10.2.0.0/16",
    }
    desk.ec2.delete_route(**route)
    with pytest.raises(LabError, match="app-a cannot reach app-b"):
        desk.incident(seed=1)
    desk.ec2.create_route(
        **route, VpcPeeringConnectionId=desk.find("vpc-peering-connection", "a-to-b")
    )


def test_a_lab_without_flow_logs_is_refused(capsys):
    lab = Lab.open(through="routes")
    capsys.readouterr()
    with pytest.raises(LabError, match=r'lab.build\("flow_logs"\)'):
        lab.incident(seed=1)


def test_closing_without_an_open_incident_says_so(desk):
    with pytest.raises(LabError, match="none to close"):
        desk.close_incident()


def test_a_late_log_is_read_before_its_records_are_in(desk, drawn):
    seed = next(plot.seed for plot in drawn[3] if plot.is_late)
    incident = desk.incident(seed=seed, level=3)
    starts = desk.flow_records()["start"].map(lambda start: start.timestamp())

    assert (starts < incident.asked_s).all()
    assert "Nothing was wrong" in repr(desk.close_incident())


def test_an_incident_abandoned_anywhere_is_ended_by_another_process(desk, comparable, cut_off):
    before = comparable(desk.topology())
    for survivors in (0, 2, 7, 9, 10, 16):
        cut_off(desk, survivors, lambda: desk.incident(seed=1, level=5))
        other = desk.on_same_cloud(desk.name)
        if incidents.desk.files.find(other) is not None:
            other.close_incident()

        assert before == comparable(desk.topology()), f"cut off after {survivors} changes"
        assert [] == faults.applied(desk)


def test_an_incident_abandoned_half_way_is_taken_up_where_it_was(desk, cut_off):
    assert not cut_off(desk, 9, lambda: desk.incident(seed=1, level=4))
    incident = desk.on_same_cloud(desk.name).incident(seed=1, level=4)
    plot = incidents.current(desk).plot

    assert sorted(plot.fault_ids) == sorted(each.fault.fault_id for each in faults.applied(desk))
    assert incident.asked_s > 0


# Ladders.


def test_a_ladder_has_two_incidents_of_every_level_with_different_faults(topology):
    for seed in range(10):
        found = rungs(topology, seed)
        plots = [draw(topology, rung.seed, rung.level) for rung in found]

        assert [1, 1, 2, 2, 3, 3, 4, 4, 5, 5] == [rung.level for rung in found]
        assert all(
            (one.fault_ids, one.is_late) != (other.fault_ids, other.is_late)
            for one, other in zip(plots[::2], plots[1::2], strict=True)
        )


def test_a_class_shares_the_odd_rungs_and_each_has_even_ones_of_its_own(topology):
    ladders = [rungs(topology, seed) for seed in range(20)]

    assert 1 == len({each[::2] for each in ladders})
    assert 20 == len({each[1::2] for each in ladders})
    assert ladders == [rungs(topology, seed) for seed in range(20)]


def test_taking_a_rung_closes_the_one_before_and_goes_on_with_one_that_is_untouched(desk):
    ladder = desk.ladder(seed=3)
    first = ladder.take(1)
    again = ladder.take(1)
    desk.ec2.stop_instances(InstanceIds=[desk.instance_id("app-a")])
    afresh = ladder.take(1)
    second = ladder.take(2)

    assert first.asked_s == again.asked_s < afresh.asked_s < second.asked_s
    assert (second.level, second.seed) == (1, ladder.rungs[1].seed)
    assert "your own" in repr(ladder).splitlines()[2]


def test_a_ladder_says_which_rungs_it_has_and_what_its_seed_may_be(desk):
    with pytest.raises(NameNotFound, match="There is no rung named '11'"):
        desk.ladder().take(11)
    with pytest.raises(LabError, match="is a whole number"):
        desk.ladder("ada")
