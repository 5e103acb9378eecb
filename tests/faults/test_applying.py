"""Faults are refused where they do not belong, and taken back whatever happened meanwhile."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from labkit import Lab, faults
from labkit.errors import FaultRefused, NameNotFound
from labkit.faults import FAULTS, Breaks, Ends, Outcome, World, logbook, planned
from labkit.faults.parts import KINDS
from labkit.steps.plan import A, B

BACK = Ends(B.instance, A.instance)
FIT_AS_IT_IS = [
    each for each in FAULTS if FAULTS[each].breaks is not Breaks.TCP and not FAULTS[each].leads_out
]
# A few that together change every kind of part there is.
ONE_OF_EACH_KIND = [
    "forward-route-to-internet",
    "subnet-on-main-table",
    "peering-deleted",
    "peering-pending",
    "icmp-rule-became-ssh",
    "default-group-only",
    "acl-denies-request-in",
    "acl-new-and-empty",
    "instance-stopped",
    "host-ignores-ping",
    "flow-log-missing",
    "delivery-role-trusts-another-service",
    "delivery-role-may-not-write",
    "nat-gateway-deleted",
]


@pytest.fixture
def lab_for(request, broken_lab):
    """The lab that a fault fits into."""

    def lab_for(fault_id):
        leads_out = FAULTS[fault_id].leads_out
        return request.getfixturevalue("lab_with_gateways") if leads_out else broken_lab

    return lab_for


@pytest.fixture
def kept_with(lab_for, comparable):
    """The same, which has to be as it was when a test is over."""
    known = []

    def kept_with(fault_id):
        lab = lab_for(fault_id)
        known.append((lab, comparable(lab.topology())))
        return lab

    yield kept_with
    for lab, before in known:
        faults.repair_all(lab)
        assert before == comparable(lab.topology())
        assert [] == faults.applied(lab)


@pytest.fixture
def kept(broken_lab, comparable):
    """The lab, which has to be as it was when a test is over."""
    before = comparable(broken_lab.topology())
    yield broken_lab
    faults.repair_all(broken_lab)
    assert before == comparable(broken_lab.topology())
    assert [] == faults.applied(broken_lab)


def remove_route_back(lab):
    lab.ec2.delete_route(
        RouteTableId=lab.find("route-table", "routes-b"), DestinationCidrBlock="10.1.0.0/16"
    )


# Whatever kills the kernel.


def test_the_faults_cut_off_below_change_every_kind_of_part(lab_for):
    changes = [
        each
        for name in ONE_OF_EACH_KIND
        for each in planned(lab_for(name).topology(), FAULTS[name])
    ]

    assert set(KINDS.values()) == {type(each.part) for each in changes}


@pytest.mark.parametrize("fault_id", ONE_OF_EACH_KIND)
def test_a_fault_cut_off_anywhere_is_taken_back_by_another_process(
    kept_with, comparable, cut_off, fault_id
):
    kept = kept_with(fault_id)
    before = comparable(kept.topology())
    survivors = 0
    while not cut_off(kept, survivors, lambda: faults.apply(kept, fault_id)):
        faults.repair_all(kept.on_same_cloud(kept.name))
        assert before == comparable(kept.topology()), f"cut off after {survivors} changes"
        survivors += 1


@pytest.mark.parametrize("fault_id", ONE_OF_EACH_KIND)
def test_a_repair_cut_off_anywhere_is_completed_by_the_next(
    kept_with, comparable, cut_off, fault_id
):
    kept = kept_with(fault_id)
    before = comparable(kept.topology())
    survivors, over = 0, False
    while not over:
        faults.apply(kept, fault_id)
        over = cut_off(kept, survivors, lambda: faults.repair_all(kept))
        faults.repair_all(kept.on_same_cloud(kept.name))
        assert before == comparable(kept.topology()), f"cut off after {survivors} changes"
        survivors += 1


def test_a_change_that_aws_refuses_takes_the_ones_before_it_back(kept, comparable):
    before = comparable(kept.topology())

    def refuse(**_):
        raise ClientError({"Error": {"Code": "UnauthorizedOperation"}}, "DeleteRoute")

    kept.ec2.meta.events.register("before-call.ec2.DeleteRoute", refuse)
    try:
        with pytest.raises(ClientError, match="UnauthorizedOperation"):
            faults.apply(kept, "forward-route-missing")
    finally:
        kept.ec2.meta.events.unregister("before-call.ec2.DeleteRoute", refuse)
    assert before == comparable(kept.topology())
    assert [] == faults.applied(kept)


# Bad input.


def test_an_unknown_fault_changes_nothing_and_names_the_nearest(kept):
    with pytest.raises(NameNotFound, match="Did you mean 'peering-deleted'"):
        faults.apply(kept, "peering-delete")


def test_a_fault_between_unknown_instances_names_the_known_ones(kept):
    with pytest.raises(NameNotFound, match="app-a, app-b"):
        faults.apply(kept, "peering-deleted", Ends("app-a", "app-z"))


def test_a_fault_applied_twice_is_refused_with_the_way_back(kept):
    faults.apply(kept, "return-route-missing")
    with pytest.raises(FaultRefused, match=r'lab.repair_fault\("return-route-missing"\)'):
        faults.apply(kept, "return-route-missing")


def test_a_fault_that_would_change_what_another_one_changed_is_refused(kept):
    faults.apply(kept, "flow-log-rejects-only")
    with pytest.raises(FaultRefused, match="flow-log-rejects-only has changed already"):
        faults.apply(kept, "flow-log-missing")


def test_repairing_a_fault_that_is_not_applied_names_those_that_are(kept):
    faults.apply(kept, "peering-pending")
    with pytest.raises(FaultRefused, match=r"not applied\. Applied now: peering-pending"):
        faults.repair(kept, "peering-deleted")


def test_a_fault_does_not_fit_a_network_without_a_peering_connection(capsys):
    lab = Lab.open(through="security_groups")
    capsys.readouterr()
    before = lab.topology()
    with pytest.raises(FaultRefused, match=r'lab.build\("routes"\)'):
        faults.apply(lab, "return-route-missing")
    assert before == lab.topology()


def test_a_fault_of_tcp_does_not_fit_where_no_connection_is_let_in(kept):
    with pytest.raises(FaultRefused, match="Allow TCP port 22 from"):
        faults.apply(kept, "acl-without-ephemeral-ports")


def test_a_fault_that_something_else_makes_good_is_refused(kept):
    main = next(
        table.route_table_id
        for table in kept.topology().route_tables.values()
        if table.main and table.vpc_id == kept.find("vpc", "vpc-a")
    )
    route = {"RouteTableId": main, "DestinationCidrBlock": "10.2.0.0/16"}
    kept.ec2.create_route(
        **route, VpcPeeringConnectionId=kept.find("vpc-peering-connection", "a-to-b")
    )
    try:
        with pytest.raises(FaultRefused, match="main table has a route to app-b as well"):
            faults.apply(kept, "subnet-on-main-table")
    finally:
        kept.ec2.delete_route(**route)


def test_a_fault_of_the_flow_logs_needs_their_role(capsys):
    lab = Lab.open(through="routes")
    capsys.readouterr()
    with pytest.raises(FaultRefused, match=r'lab.build\("flow_logs"\)'):
        faults.apply(lab, "delivery-role-may-not-write")
    assert [] == faults.applied(lab)


# Changed by hand meanwhile.


def test_what_was_put_back_by_hand_is_said_to_be_back_already(kept):
    faults.apply(kept, "return-route-missing")
    kept.ec2.create_route(
        RouteTableId=kept.find("route-table", "routes-b"),
        DestinationCidrBlock="10.1.0.0/16",
        VpcPeeringConnectionId=kept.find("vpc-peering-connection", "a-to-b"),
    )
    [(_, outcome)] = faults.repair(kept, "return-route-missing").outcomes

    assert Outcome.WAS_BACK is outcome


def test_what_was_changed_to_something_else_by_hand_is_put_back_and_named(kept):
    faults.apply(kept, "acl-denies-request-in")
    acl_id = next(
        acl.network_acl_id
        for acl in kept.topology().network_acls.values()
        if acl.vpc_id == kept.find("vpc", "vpc-b")
    )
    kept.ec2.replace_network_acl_entry(
        NetworkAclId=acl_id,
        Egress=False,
        RuleNumber=50,
        Protocol="-1",
        RuleAction="allow",
        CidrBlock="10.1.0.0/16",
    )
    repaired = faults.repair(kept, "acl-denies-request-in")

    assert Outcome.CHANGED_BY_HAND is repaired.outcomes[0][1]
    assert "found: inbound entry 50" in repr(repaired)


def test_what_was_added_beside_a_fault_by_hand_stays(kept):
    faults.apply(kept, "icmp-rule-missing")
    permission = {
        "IpProtocol": "tcp",
        "FromPort": 80,
        "ToPort": 80,
        "IpRanges": [{"CidrIp": "10.1.0.0/16"}],
    }
    by_hand = {
        "GroupId": kept.find("security-group", "allow-icmp-b"),
        "IpPermissions": [permission],
    }
    kept.ec2.authorize_security_group_ingress(**by_hand)
    faults.repair(kept, "icmp-rule-missing")

    kept.ec2.revoke_security_group_ingress(**by_hand)  # it is there, or AWS would refuse


def test_what_is_gone_is_said_to_be_gone_and_how_to_build_it(capsys):
    lab = Lab.open(through="routes")
    faults.apply(lab, "return-route-missing")
    lab.teardown()
    capsys.readouterr()

    assert [] == faults.repair_all(lab)


def test_a_part_that_was_deleted_by_hand_does_not_stop_the_repair(capsys):
    lab = Lab.open(through="routes")
    capsys.readouterr()
    faults.apply(lab, "forward-route-missing")
    table_id = lab.find("route-table", "routes-a")
    [table] = lab.ec2.describe_route_tables(RouteTableIds=[table_id])["RouteTables"]
    for each in table["Associations"]:
        lab.ec2.disassociate_route_table(AssociationId=each["RouteTableAssociationId"])
    lab.ec2.delete_route_table(RouteTableId=table_id)
    repaired = faults.repair(lab, "forward-route-missing")

    assert Outcome.GONE is repaired.outcomes[0][1]
    assert "lab.build" in repr(repaired)
    assert [] == faults.applied(lab)


# Several at once.


def test_faults_stacked_on_one_another_come_off_in_reverse_order(kept):
    for fault_id in ("forward-route-missing", "acl-denies-reply-in", "peering-deleted"):
        faults.apply(kept, fault_id)
    repaired = [each.fault_id for each in faults.repair_all(kept)]

    assert ["peering-deleted", "acl-denies-reply-in", "forward-route-missing"] == repaired


def test_a_route_is_not_put_back_before_the_peering_it_leads_through(kept):
    faults.apply(kept, "forward-route-missing")
    faults.apply(kept, "peering-deleted")
    with pytest.raises(FaultRefused, match="there is none now. Put that back first"):
        faults.repair(kept, "forward-route-missing")

    assert ["forward-route-missing", "peering-deleted"] == [
        each.fault.fault_id for each in faults.applied(kept)
    ]


def test_the_same_fault_can_be_applied_in_both_directions(kept):
    faults.apply(kept, "outbound-rule-missing")
    faults.apply(kept, "outbound-rule-missing", BACK)

    assert "denied by security group" == kept.walk("app-b", "app-a")[0].fate
    assert 2 == len(faults.repair_all(kept))


@pytest.mark.parametrize("fault_id", FIT_AS_IT_IS)
def test_every_fault_works_the_other_way_round(broken_lab, fault_id):
    world = World.of(broken_lab)
    there, back = (
        world.with_changes(planned(world.topology, FAULTS[fault_id], ends))
        for ends in (faults.ACROSS, BACK)
    )

    assert (there == back) <= (fault_id.startswith(("flow-log-", "delivery-", "peering-")))


# The logbook.


def test_the_journal_can_be_read_by_people_unless_it_is_sealed(kept):
    faults.apply(kept, "return-route-missing")
    faults.apply(kept, "icmp-rule-missing", sealed=True)
    plain, sealed = (
        each["Value"]
        for each in kept.ssm.get_parameters_by_path(Path="/labkit/faults")["Parameters"]
    )

    assert "return-route-missing" in plain
    assert "icmp" not in sealed
    assert ["return-route-missing", "icmp-rule-missing"] == [
        each.fault_id for each in logbook.entries(kept)
    ]


def test_an_entry_of_every_fault_fits_into_a_parameter(broken_lab):
    topology = broken_lab.topology()
    for fault_id in FIT_AS_IT_IS:
        changed = tuple(
            logbook.Changed(
                each.part,
                each.part.read(broken_lab),
                each.part.settled(each.part.read(broken_lab), each.after),
            )
            for each in planned(topology, FAULTS[fault_id])
        )
        entry = logbook.Entry(1, fault_id, faults.ACROSS, changed)

        assert logbook.MOST_CHARACTERS >= len(entry.to_text())
        assert entry == logbook.Entry.from_text(1, entry.to_text())


def test_teardown_takes_applied_faults_and_their_journal_along(capsys):
    lab = Lab.open(through="flow_logs")
    for fault_id in ("forward-route-to-internet", "acl-new-and-empty", "flow-log-writes-elsewhere"):
        faults.apply(lab, fault_id)
    left = lab.teardown()
    capsys.readouterr()

    assert {0} == set(left.values())
    assert [] == faults.applied(lab)


def test_the_table_of_faults_tells_what_is_applied_and_keeps_an_incident_to_itself(kept):
    kept.apply_fault("return-route-missing")
    faults.apply(kept, "icmp-rule-missing", sealed=True)
    table = kept.faults()

    assert list(FAULTS) == list(table.index)
    assert {"return-route-missing": "app-a to app-b"} == dict(table["applied"][lambda a: a != ""])
