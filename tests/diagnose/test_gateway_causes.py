"""Why packets do not get through gateways, in the fewest words that tell it from its neighbours."""

from __future__ import annotations

import many_gateways as gw
import pytest

from labkit.diagnose.causes import Cause, reason
from labkit.diagnose.fixes import proven_fix
from labkit.network.blockers import obstacles

CAUSES = {
    "a NAT gateway that is still pending": Cause.NAT_GATEWAY_DOWN,
    "a NAT gateway that was deleted": Cause.NAT_GONE,
    "a protocol that NAT gateways do not translate": Cause.NAT_GATEWAY_REFUSES,
    "a ping to the NAT gateway itself": Cause.NAT_KNOWS_NO_FLOW,
    "the NAT gateway's subnet has no way to the internet": Cause.NAT_WITHOUT_WAY_OUT,
    "a private NAT gateway whose subnet has a way to the internet": Cause.NO_PUBLIC_ADDRESS,
    "a NAT gateway whose own subnet routes to it": Cause.ROUTING_LOOP,
    "no public address of its own": Cause.NO_PUBLIC_ADDRESS,
    "nobody known outside": Cause.UNREACHABLE,
    "a private address on the default route": Cause.DEFAULT_ROUTE,
    "IPv6 from outside to a host behind an egress-only gateway": Cause.ANSWERS_ONLY,
    "a datagram to a gateway endpoint": Cause.ENDPOINT_REFUSES,
    "an address of S3 that nobody knows more of": Cause.UNREACHABLE,
    "no attachment in the zone of the sender": Cause.TRANSIT_NOT_ATTACHED,
    "the transit gateway has no route": Cause.TRANSIT_NO_ROUTE,
    "the transit gateway has a blackhole route": Cause.TRANSIT_BLACKHOLE,
    "an attachment that is associated with no table": Cause.TRANSIT_NO_TABLE,
    "the far subnet has no route back": Cause.NO_ROUTE,
    "the answer leaves by a NAT gateway under another address": Cause.REPLY_FROM_ELSEWHERE,
}
BY_NAME = {case["case"]: case for case in gw.CASES}


@pytest.mark.parametrize(("name", "cause"), CAUSES.items(), ids=CAUSES.keys())
def test_the_first_obstacle_has_this_cause(name, cause):
    case = BY_NAME[name]
    found = obstacles(gw.changed(case), gw.walked(case).packet, gw.sender(case))

    assert reason(found.blockers[0], gw.changed(case)).cause is cause


def test_a_nat_gateway_that_was_deleted_is_the_only_obstacle_on_its_way():
    change = {
        "routes": {"rtb-a2": [["0.0.0.0/0", "nat-a", "blackhole"]]},
        "set": {"nat_gateways": {"nat-a": {"state": "deleted", "interface_id": ""}}},
    }
    case = {"from": "private-a", "to": "198.51.100.1", "change": change}
    found = obstacles(gw.changed(case), gw.walked(case).packet, gw.sender(case))

    assert [str(each.fate) for each in found.blockers] == ["blackhole route"]
    assert found.last is not None
    assert found.last.answered


def test_a_vpc_on_the_same_transit_gateway_is_reached_by_a_route_to_it():
    change = {"routes": {"rtb-a2": []}}
    case = {"from": "private-a", "to": "10.2.1.10", "change": change}
    [blocker] = obstacles(gw.changed(case), gw.walked(case).packet, gw.sender(case)).blockers

    found = proven_fix(blocker, reason(blocker).cause)

    assert found is not None
    assert found[0].words == "Add a route to 10.2.0.0/16 through tgw-1 in rtb-a2."


def test_where_no_gateway_would_do_no_route_is_proposed():
    change = {"routes": {"rtb-a2": []}, "without": ["nat_gateways"]}
    case = {"from": "private-a", "to": "198.51.100.1", "change": change}
    [blocker] = obstacles(gw.changed(case), gw.walked(case).packet, gw.sender(case)).blockers

    assert proven_fix(blocker, reason(blocker).cause) is None
