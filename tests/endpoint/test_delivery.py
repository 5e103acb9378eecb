"""What flow logs record of real traffic: the failure matrix, roles, windows, destinations."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest

from labkit.endpoint.ledger import LONGEST_SILENCE

if TYPE_CHECKING:
    from collections.abc import Callable

PING = "ping -c 4 10.2.1.10"
THERE = "A>B ACCEPT 4/336"
BACK = "B>A ACCEPT 4/336"
BASELINE = {THERE, BACK}


def test_a_ping_is_on_both_interfaces_in_both_directions(instant: Any):
    instant.flow_log()
    assert "4 packets transmitted, 4 received" in instant.run(PING)["StandardOutputContent"]
    now = int(instant.aws.clock.now())
    times = f"{now - 3} {now}"
    expected = {
        f"2 123456789012 {instant.interface(name)} {way} 0 0 1 4 336 {times} ACCEPT OK"
        for name in ("a", "b")
        for way in ("10.1.1.10 10.2.1.10", "10.2.1.10 10.1.1.10")
    }
    assert set(instant.messages()) == expected


# One function for each way to break the network, named as the failure matrix names it.


def no_route(lab: Any) -> None:
    lab.ec2.delete_route(RouteTableId=lab.table("a"), DestinationCidrBlock="10.2.0.0/16")


def route_to_the_internet(lab: Any) -> None:
    no_route(lab)
    gateway = lab.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    lab.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=lab.vpcs["a"])
    lab.route("a", "0.0.0.0/0", GatewayId=gateway)


def no_return_route(lab: Any) -> None:
    lab.ec2.delete_route(RouteTableId=lab.table("b"), DestinationCidrBlock="10.1.0.0/16")


def return_route_to_the_internet(lab: Any) -> None:
    no_return_route(lab)
    gateway = lab.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    lab.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=lab.vpcs["b"])
    lab.route("b", "0.0.0.0/0", GatewayId=gateway)


def peering_deleted(lab: Any) -> None:
    lab.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=lab.peering)


def blackhole_on_the_way_back(lab: Any) -> None:
    no_return_route(lab)
    other = lab.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    gone = lab.ec2.create_vpc_peering_connection(VpcId=lab.vpcs["b"], PeerVpcId=other)
    gone = gone["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    lab.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=gone)
    lab.route("b", "10.1.0.0/16", VpcPeeringConnectionId=gone)
    lab.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=gone)


def receiver_group_denies(lab: Any) -> None:
    rules = lab.ec2.describe_security_groups(GroupIds=[lab.groups["b"]])["SecurityGroups"][0]
    lab.ec2.revoke_security_group_ingress(
        GroupId=lab.groups["b"], IpPermissions=rules["IpPermissions"]
    )


def sender_group_denies(lab: Any) -> None:
    rules = lab.ec2.describe_security_groups(GroupIds=[lab.groups["a"]])["SecurityGroups"][0]
    lab.ec2.revoke_security_group_egress(
        GroupId=lab.groups["a"], IpPermissions=rules["IpPermissionsEgress"]
    )


def sender_acl_denies_out(lab: Any) -> None:
    lab.deny_icmp("a", egress=True)


def receiver_acl_denies_in(lab: Any) -> None:
    lab.deny_icmp("b", egress=False)


def receiver_acl_denies_reply(lab: Any) -> None:
    lab.deny_icmp("b", egress=True)


def sender_acl_denies_reply(lab: Any) -> None:
    lab.deny_icmp("a", egress=False)


def receiver_stopped(lab: Any) -> None:
    lab.ec2.stop_instances(InstanceIds=[lab.instances["b"]])


def receiver_firewall_drops(lab: Any) -> None:
    lab.run("iptables -A INPUT -p icmp -j DROP", on="b")


def both_filters_deny(lab: Any) -> None:
    receiver_group_denies(lab)
    receiver_acl_denies_in(lab)


MATRIX = [
    pytest.param(no_route, set(), set(), id="a"),
    pytest.param(route_to_the_internet, {THERE}, set(), id="a'"),
    pytest.param(no_return_route, {THERE}, {THERE}, id="b"),
    pytest.param(return_route_to_the_internet, {THERE}, {THERE, BACK}, id="b'"),
    pytest.param(peering_deleted, set(), set(), id="c"),
    pytest.param(blackhole_on_the_way_back, {THERE}, {THERE}, id="c'"),
    pytest.param(receiver_group_denies, {THERE}, {"A>B REJECT 4/336"}, id="d"),
    pytest.param(sender_group_denies, {"A>B REJECT 4/336"}, set(), id="e"),
    pytest.param(sender_acl_denies_out, {"A>B REJECT 4/336"}, set(), id="f"),
    pytest.param(receiver_acl_denies_in, {THERE}, {"A>B REJECT 4/336"}, id="g"),
    pytest.param(receiver_acl_denies_reply, {THERE}, {THERE, "B>A REJECT 4/336"}, id="h"),
    pytest.param(sender_acl_denies_reply, {THERE, "B>A REJECT 4/336"}, BASELINE, id="i"),
    pytest.param(receiver_stopped, {THERE}, set(), id="k"),
    pytest.param(receiver_firewall_drops, {THERE}, {THERE}, id="l"),
    pytest.param(both_filters_deny, {THERE}, {"A>B REJECT 4/336"}, id="n"),
]


@pytest.mark.parametrize(("break_it", "at_a", "at_b"), MATRIX)
def test_the_records_of_a_failed_ping_are_those_of_the_failure_matrix(
    instant: Any, break_it: Callable[[Any], None], at_a: set[str], at_b: set[str]
):
    instant.logs.create_log_group(logGroupName=instant.group)
    break_it(instant)
    instant.flow_log()
    answer = instant.run(PING)
    assert (answer["Status"], answer["ResponseCode"]) == ("Failed", 1)
    assert "4 packets transmitted, 0 received, 100% packet loss" in answer["StandardOutputContent"]
    assert (instant.rows("a"), instant.rows("b")) == (at_a, at_b)


def test_a_pending_peering_leaves_no_record(instant: Any):
    instant.logs.create_log_group(logGroupName=instant.group)
    instant.flow_log()
    peering_deleted(instant)
    pending = instant.ec2.create_vpc_peering_connection(
        VpcId=instant.vpcs["a"], PeerVpcId=instant.vpcs["b"]
    )["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    no_route(instant)
    instant.route("a", "10.2.0.0/16", VpcPeeringConnectionId=pending)
    assert instant.run(PING)["ResponseCode"] == 1
    assert instant.messages() == []


def test_a_closed_port_answers_with_a_reset_that_both_interfaces_record(instant: Any):
    instant.flow_log(LogFormat="${srcport} ${dstport} ${tcp-flags} ${packets} ${bytes} ${action}")
    assert instant.run("nc -z 10.2.1.10 81")["ResponseCode"] == 1
    messages = instant.messages()
    port = messages[0].split()[0]
    assert sorted(messages) == sorted(
        2 * [f"{port} 81 2 1 60 ACCEPT"] + 2 * [f"81 {port} 4 1 40 ACCEPT"]
    )


def test_an_acl_does_not_matter_within_a_subnet(instant: Any):
    instant.instances["c"] = instant.launch("a", "10.1.1.11", Name="c")
    for egress in (False, True):
        instant.deny_icmp("a", egress=egress)
    instant.flow_log()
    assert instant.run("ping -c 4 10.1.1.11")["ResponseCode"] == 0
    assert instant.rows("c") == {"A>10.1.1.11 ACCEPT 4/336", "10.1.1.11>A ACCEPT 4/336"}


def test_an_unroutable_packet_can_be_made_to_show_as_accepted(new_lab: Any):
    lab = new_lab(delivery="instant", unroutable_egress="accept")
    lab.flow_log(LogFormat="${srcaddr} ${dstaddr} ${action} ${traffic-path}")
    no_route(lab)
    lab.run(PING)
    assert lab.messages() == ["10.1.1.10 10.2.1.10 ACCEPT -"]


def test_traffic_to_amazons_own_addresses_leaves_no_record(instant: Any):
    instant.logs.create_log_group(logGroupName=instant.group)
    instant.flow_log()
    instant.run("ping -c 1 -W 1 169.254.169.254; ping -c 1 -W 1 10.1.0.2; ping -c 1 -W 1 10.1.1.1")
    assert instant.messages() == []


# What a flow log covers.


def test_a_flow_log_of_rejected_traffic_holds_nothing_else(instant: Any):
    instant.flow_log(TrafficType="REJECT", LogGroupName="/rejects")
    instant.flow_log(TrafficType="ACCEPT", LogGroupName="/accepts")
    instant.flow_log()
    receiver_group_denies(instant)
    instant.run(PING)
    rejected = instant.messages(group="/rejects")
    accepted = instant.messages(group="/accepts")
    assert [message.split()[12] for message in rejected] == ["REJECT"]
    assert [message.split()[12] for message in accepted] == ["ACCEPT"]
    assert sorted(rejected + accepted) == sorted(instant.messages())


@pytest.mark.parametrize("scope", ["subnet", "interface"])
def test_a_flow_log_covers_its_own_resource_only(instant: Any, scope: str):
    kinds = {
        "subnet": ("Subnet", instant.subnets["a"]),
        "interface": ("NetworkInterface", instant.interface("a")),
    }
    kind, resource = kinds[scope]
    instant.flow_log(ResourceType=kind, ResourceIds=[resource])
    instant.run(PING)
    assert instant.rows("a") == BASELINE
    assert instant.rows("b") == set()


def test_a_flow_log_covers_interfaces_that_came_after_it(instant: Any):
    instant.flow_log()
    instant.instances["c"] = instant.launch("b", "10.2.1.11", Name="c")
    instant.run("ping -c 4 10.2.1.11")
    assert instant.rows("c") == {"A>10.2.1.11 ACCEPT 4/336", "10.2.1.11>A ACCEPT 4/336"}


def test_a_custom_format_decides_the_columns(instant: Any):
    fields = "${version} ${region} ${az-id} ${flow-direction} ${traffic-path} ${pkt-srcaddr}"
    instant.flow_log(LogFormat=fields)
    instant.run("ping -c 1 10.2.1.10")
    assert sorted(instant.messages()) == [
        "5 us-east-1 use1-az6 egress 4 10.1.1.10",
        "5 us-east-1 use1-az6 egress 4 10.2.1.10",
        "5 us-east-1 use1-az6 ingress - 10.1.1.10",
        "5 us-east-1 use1-az6 ingress - 10.2.1.10",
    ]


def test_traffic_before_a_flow_log_and_after_its_end_is_not_in_it(instant: Any):
    instant.run(PING)
    flow_log_id = instant.flow_log(ResourceIds=[instant.vpcs["a"]])
    assert instant.logs.describe_log_groups()["logGroups"] == []
    instant.run(PING)
    before = instant.messages()
    instant.ec2.delete_flow_logs(FlowLogIds=[flow_log_id])
    instant.run(PING)
    assert (len(before), instant.messages()) == (2, before)


def test_a_command_leaves_one_record_for_each_flow_whatever_the_time_of_day(instant: Any):
    instant.flow_log()
    instant.run("sleep 58")
    instant.run(PING)
    assert len(instant.messages()) == 4


def test_a_long_command_is_cut_at_the_aggregation_interval(instant: Any):
    instant.flow_log()
    instant.run("ping -c 90 10.2.1.10")
    counts = [message.split()[8] for message in instant.messages("a")]
    assert sorted(counts) == ["30", "30", "60", "60"]


# The role.


@pytest.mark.parametrize(
    "wrong", [{"trusted": "ec2.amazonaws.com"}, {"allowed": "logs:DescribeLogGroups"}]
)
def test_a_role_that_may_not_deliver_loses_records_until_it_is_repaired(
    instant: Any, wrong: dict[str, str]
):
    instant.logs.create_log_group(logGroupName=instant.group)
    flow_log_id = instant.flow_log(DeliverLogsPermissionArn=instant.role(**wrong))
    instant.run(PING)
    assert instant.delivery_of(flow_log_id) == ("ACTIVE", "FAILED", "Access error")
    assert instant.messages() == []
    instant.role()
    instant.run(PING)
    assert instant.delivery_of(flow_log_id) == ("ACTIVE", "SUCCESS", None)
    assert len(instant.messages()) == 4


def test_a_role_is_judged_when_its_records_are_due_not_when_somebody_looks(realistic: Any):
    realistic.logs.create_log_group(logGroupName=realistic.group)
    broken = realistic.role(trusted="ec2.amazonaws.com")
    flow_log_id = realistic.flow_log(DeliverLogsPermissionArn=broken)
    realistic.run(PING)
    realistic.aws.clock.sleep(400)
    realistic.role()
    assert realistic.messages() == []
    assert realistic.delivery_of(flow_log_id) == ("ACTIVE", "FAILED", "Access error")


def test_a_missing_log_group_is_made_if_the_role_may_make_it(instant: Any):
    instant.flow_log()
    instant.run(PING)
    groups = instant.logs.describe_log_groups()["logGroups"]
    assert [group["logGroupName"] for group in groups] == [instant.group]


def test_a_missing_log_group_is_an_access_error_if_the_role_may_not_make_it(instant: Any):
    only_write = instant.role(allowed="logs:PutLogEvents")
    flow_log_id = instant.flow_log(DeliverLogsPermissionArn=only_write)
    instant.run(PING)
    assert instant.delivery_of(flow_log_id) == ("ACTIVE", "FAILED", "Access error")
    assert instant.logs.describe_log_groups()["logGroups"] == []


# Realistic delivery.


def test_records_appear_when_window_and_delay_have_passed(realistic: Any):
    realistic.logs.create_log_group(logGroupName=realistic.group)
    realistic.flow_log()
    realistic.run(PING)
    begun = int(realistic.aws.clock.now()) - 3
    window_end = begun // 60 * 60 + 60
    realistic.aws.clock.advance_to(window_end + 299)
    assert realistic.messages() == []
    realistic.aws.clock.advance_to(window_end + 300)
    assert len(realistic.messages()) == 4
    [event, *_] = realistic.logs.filter_log_events(logGroupName=realistic.group)["events"]
    assert event["timestamp"] == begun * 1000
    assert event["ingestionTime"] == (window_end + 300) * 1000


def test_two_pings_in_one_window_are_one_record_and_in_two_windows_two(realistic: Any):
    realistic.flow_log()
    realistic.run(PING)
    realistic.run(PING)
    realistic.aws.clock.sleep(60)
    realistic.run("ping -c 1 10.2.1.10")
    realistic.aws.clock.sleep(360)
    counts = [m.split()[8:10] for m in realistic.messages("a") if "10.1.1.10 10.2.1.10" in m]
    assert counts == [["8", "672"], ["1", "84"]]


def test_a_silent_interface_leaves_a_nodata_row_for_each_window_once_it_has_spoken(realistic: Any):
    realistic.logs.create_log_group(logGroupName=realistic.group)
    realistic.flow_log()
    realistic.aws.clock.sleep(600)
    assert realistic.messages() == []
    realistic.run(PING)
    spoke = int(realistic.aws.clock.now()) // 60 * 60
    realistic.aws.clock.advance_to(spoke + 3 * 60 + 300)
    silent = [message for message in realistic.messages("a") if "NODATA" in message]
    interface = realistic.interface("a")
    assert silent == [
        f"2 123456789012 {interface} - - - - - - - {start} {start + 59} - NODATA"
        for start in (spoke + 60, spoke + 120)
    ]


def test_nodata_rows_can_be_left_out(new_lab: Any):
    lab = new_lab(nodata="omit")
    lab.flow_log()
    lab.run(PING)
    lab.aws.clock.sleep(1000)
    assert len(lab.messages()) == 4


def test_a_year_of_silence_leaves_a_bounded_number_of_rows(realistic: Any):
    realistic.flow_log()
    realistic.run(PING)
    realistic.aws.clock.sleep(365 * 24 * 3600)
    streams = realistic.logs.describe_log_streams(logGroupName=realistic.group)["logStreams"]
    assert len(streams) == 2
    last = max(stream["lastEventTimestamp"] for stream in streams) // 1000
    assert last < realistic.aws.clock.now() - 300 * 24 * 3600
    assert len(realistic.messages("a")) == 2 + LONGEST_SILENCE


def test_what_a_deleted_flow_log_had_not_delivered_is_lost(realistic: Any):
    realistic.logs.create_log_group(logGroupName=realistic.group)
    flow_log_id = realistic.flow_log(ResourceIds=[realistic.vpcs["a"]])
    realistic.run(PING)
    realistic.ec2.delete_flow_logs(FlowLogIds=[flow_log_id])
    realistic.aws.clock.sleep(1000)
    assert realistic.messages() == []


def test_records_of_an_interface_that_is_gone_still_arrive(realistic: Any):
    realistic.flow_log()
    realistic.run(PING)
    gone = realistic.interface("b")
    realistic.ec2.terminate_instances(InstanceIds=[realistic.instances["b"]])
    realistic.aws.clock.sleep(360)
    assert sum(gone in message for message in realistic.messages()) == 2


# Amazon S3.


def test_a_bucket_gets_files_with_a_header_where_aws_puts_them(instant: Any):
    instant.s3.create_bucket(Bucket="flows")
    flow_log_id = instant.flow_log(
        ResourceIds=[instant.vpcs["a"]],
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::flows/lab",
        LogGroupName=None,
        DeliverLogsPermissionArn=None,
    )
    instant.run(PING)
    keys = [item["Key"] for item in instant.s3.list_objects_v2(Bucket="flows")["Contents"]]
    folder = "lab/AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/01/05/"
    start = f"{folder}123456789012_vpcflowlogs_us-east-1_{flow_log_id}_20260105T0900Z_"
    assert all(key.startswith(start) and key.endswith(".log.gz") for key in keys)
    bodies = [instant.s3.get_object(Bucket="flows", Key=key)["Body"].read() for key in keys]
    lines = [line for body in bodies for line in gzip.decompress(body).decode().splitlines()]
    headers = [line for line in lines if line.startswith("version account-id interface-id")]
    assert (len(headers), len(lines)) == (len(keys), len(keys) + 2)


def test_a_bucket_that_is_gone_shows_as_an_access_error(instant: Any):
    instant.s3.create_bucket(Bucket="flows")
    flow_log_id = instant.flow_log(
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::flows",
        LogGroupName=None,
        DeliverLogsPermissionArn=None,
    )
    instant.s3.delete_bucket(Bucket="flows")
    instant.run(PING)
    assert instant.delivery_of(flow_log_id) == ("ACTIVE", "FAILED", "Access error")


def test_the_same_calls_leave_the_same_records(new_lab: Any):
    seen = []
    for _ in range(2):
        lab = new_lab(delivery="instant", seed=7)
        lab.flow_log()
        output = lab.run(PING, "nc -zv 10.2.1.10 22")
        seen.append((output["StandardOutputContent"], lab.messages()))
    assert seen[0] == seen[1]
