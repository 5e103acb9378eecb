from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.view.content import content
from labkit.view.geometry import Box
from labkit.view.layout import Callout, arrange

if TYPE_CHECKING:
    from labkit.network.topology import Topology
    from labkit.network.walk import Walk
    from labkit.view.layout import Layout, SubnetPlace, VpcPlace


def assert_apart(boxes: list[Box]) -> None:
    assert [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])] == []


def assert_inside(frame: Box, boxes: list[Box]) -> None:
    assert [box for box in boxes if not frame.contains(box)] == []


def parts_of_vpc(vpc: VpcPlace) -> list[Box]:
    notes = [vpc.callout] if vpc.callout else []
    return [*(subnet.box for subnet in vpc.subnets), *vpc.spare_tables, *notes]


def parts_of_subnet(subnet: SubnetPlace) -> list[Box]:
    hosts = [box for host in subnet.hosts for box in (host.box, host.gate)]
    notes = [subnet.callout] if subnet.callout else []
    return [*hosts, subnet.acl_gate, subnet.route_gate, subnet.routes, subnet.acl, *notes]


def assert_tidy(layout: Layout) -> None:
    exits = [each.box for each in layout.exits]
    notes = [each.callout for each in layout.exits if each.callout]
    assert_apart([*(vpc.box for vpc in layout.vpcs), *exits, *notes])
    page = Box(0, 0, layout.width, layout.bottom)
    assert_inside(page, [*(vpc.box for vpc in layout.vpcs), *exits, *notes])
    for vpc in layout.vpcs:
        assert_apart(parts_of_vpc(vpc))
        assert_inside(vpc.box, parts_of_vpc(vpc))
        for subnet in vpc.subnets:
            assert_apart(parts_of_subnet(subnet))
            assert_inside(subnet.box, parts_of_subnet(subnet))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_nothing_overlaps_and_everything_stays_in_its_frame(
    any_walk: st.SearchStrategy[tuple[Topology, Walk | None]], data: st.DataObject
) -> None:
    topology, walk = data.draw(any_walk)
    places = [*topology.vpcs, *topology.subnets, *topology.peerings]
    noted = data.draw(st.sampled_from(places)) if places else "nowhere"
    callout = Callout(noted, ("title",), ("one line", "another"))
    assert_tidy(arrange(content(topology, walk), 60, callout))


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_lanes_run_beside_the_boxes_and_never_share_their_place(
    any_network: st.SearchStrategy[Topology], data: st.DataObject
) -> None:
    layout = arrange(content(data.draw(any_network)), 60)
    lanes = [port.lane_x for each in layout.exits for port in each.ports.values()]
    boxes = [*(vpc.box for vpc in layout.vpcs), *(each.box for each in layout.exits)]
    assert len(lanes) == len(set(lanes))
    assert [x for x in lanes for box in boxes if box.x <= x <= box.right] == []


def test_vpcs_on_one_side_meet_their_connection_one_below_the_other(triangle: Topology) -> None:
    layout = arrange(content(triangle), 60)
    sides = {vpc.content.vpc.vpc_id: vpc.mirrored for vpc in layout.vpcs}
    [place] = [each for each in layout.exits if len({sides[vpc_id] for vpc_id in each.ports}) == 1]
    upper, lower = sorted(port.y for port in place.ports.values())
    assert place.band.y < upper < place.band.centre[1] < lower < place.band.bottom


def test_the_right_column_mirrors_the_left(healthy: Topology) -> None:
    left, right = arrange(content(healthy), 60).vpcs
    assert left.box.y == right.box.y
    distances = [
        (subnet.acl_gate.centre[0] - subnet.box.x, subnet.box.right - subnet.acl_gate.centre[0])
        for subnet in (left.subnets[0], right.subnets[0])
    ]
    assert distances[0] == distances[1][::-1]


def test_two_equal_sides_leave_the_way_between_them_straight(healthy: Topology) -> None:
    layout = arrange(content(healthy), 60)
    heights = {host.y for vpc in layout.vpcs for subnet in vpc.subnets for host in subnet.hosts}
    ports = {port.y for each in layout.exits for port in each.ports.values()}
    assert len(heights | ports) == 1
