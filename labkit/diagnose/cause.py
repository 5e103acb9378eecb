"""What can be wrong with a way or its records, by name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """What is wrong, in the fewest words that tell it from its neighbours."""

    NO_ROUTE = "no route"
    DEFAULT_ROUTE = "only a default route, which leads elsewhere"
    ROUTE_ASTRAY = "a more specific route leads elsewhere"
    ROUTE_TOO_NARROW = "the route does not reach as far as this address"
    ROUTE_IN_OTHER_TABLE = "the route stands in a table that the subnet does not use"
    SUBNET_ON_MAIN_TABLE = "the subnet lost its table and uses the main one"
    TARGET_GONE = "the route's target is gone"
    NO_DEFAULT_ROUTE = "no default route"
    NAT_GONE = "the NAT gateway is gone"
    NAT_WITHOUT_WAY_OUT = "the NAT gateway's subnet has no way out"
    NO_PEERING = "no peering connection"
    PEERING_GONE = "the peering connection is gone"
    PEERING_PENDING = "the peering connection was not accepted"
    NO_RULE = "no security group rule"
    RULE_FOR_OTHER_TYPE = "the security group rule is for another ICMP type"
    RULE_FOR_OTHER_PORT = "the security group rule is for another port"
    RULE_FOR_OTHER_PROTOCOL = "the security group rule is for another protocol"
    RULE_FOR_OTHER_RANGE = "the security group rule is for another range"
    RULE_NAMES_OTHER_GROUP = "the security group rule names another group"
    DEFAULT_GROUP = "only the default security group"
    ACL_DENIES = "a network ACL entry denies it"
    ACL_EMPTY = "the network ACL has no entries"
    ACL_NO_ENTRY = "no network ACL entry in this direction"
    ACL_ENTRY_FOR_OTHER_TYPE = "the network ACL entry is for another ICMP type"
    ACL_ENTRY_FOR_OTHER_PORTS = "the network ACL entry is for other ports"
    ACL_ENTRY_FOR_OTHER_RANGE = "the network ACL entry is for another range"
    HOST_DOWN = "the host is not running"
    HOST_SILENT = "the host does not answer"
    NOBODY_THERE = "nobody has this address"
    SOURCE_CHECK = "the source/destination check"
    REPLY_ASTRAY = "the reply goes to another interface"
    REPLY_FROM_ELSEWHERE = "the reply comes from another address"
    NO_PUBLIC_ADDRESS = "no public address to go out by"
    NAT_GATEWAY_DOWN = "the NAT gateway does not work"
    NAT_GATEWAY_REFUSES = "the NAT gateway does not take it"
    NAT_KNOWS_NO_FLOW = "the NAT gateway knows no such flow"
    ANSWERS_ONLY = "the egress-only gateway does not take it"
    ENDPOINT_REFUSES = "the gateway endpoint does not take it"
    TRANSIT_NOT_ATTACHED = "no attachment to the transit gateway that would do"
    TRANSIT_NO_TABLE = "the transit gateway attachment has no route table"
    TRANSIT_NO_ROUTE = "the transit gateway has no route"
    TRANSIT_BLACKHOLE = "the transit gateway's route is a blackhole"
    ROUTING_LOOP = "the routes lead round in a circle"
    UNREACHABLE = "it leads out of the lab"
    NO_FLOW_LOG = "no flow log"
    LOG_KEEPS_REJECTS = "the flow log keeps rejected traffic only"
    LOG_KEEPS_ACCEPTS = "the flow log keeps accepted traffic only"
    LOG_ELSEWHERE = "the flow log writes to another log group"
    ROLE_NOT_TRUSTED = "the delivery role trusts another service"
    ROLE_MAY_NOT_WRITE = "the delivery role may not write"
    DELIVERY_FAILS = "delivery fails"
    TOO_EARLY = "it is too early for the records"
    CHANGED_SINCE = "the network has changed since"


@dataclass(frozen=True, slots=True)
class Reason:
    """A cause, and a sentence that names what nearly let the packet pass, if anything did."""

    cause: Cause
    nearly: str = ""
