"""A lab answers questions about its network and its logs, and says clearly when it cannot."""

from __future__ import annotations

import pandas as pd
import pytest
from botocore.exceptions import ClientError

from labkit import Lab
from labkit.errors import LabError, NameNotFound, PingFailed, StepOutOfOrder
from labkit.insights.errors import QueryError
from labkit.network.hops import Fate


def test_a_ping_across_the_peering_is_answered(built_lab):
    result = built_lab.ping("app-a", "app-b")

    assert (4, 4) == (result.transmitted, result.received)
    assert result.answered
    assert "4 packets transmitted, 4 received, 0% packet loss" in repr(result)


def test_a_ping_takes_an_address_as_well_as_a_name(built_lab):
    assert built_lab.ping("app-a", "10.2.1.10", count=1).answered


def test_a_ping_without_an_answer_is_a_result_and_not_an_error(built_lab):
    table_id = built_lab.find("route-table", "routes-a")
    built_lab.ec2.delete_route(RouteTableId=table_id, DestinationCidrBlock="10.2.0.0/16")
    result = built_lab.ping("app-a", "app-b")

    assert (4, 0) == (result.transmitted, result.received)
    assert result.exit_code == 1


def test_pinging_from_an_unknown_instance_names_the_known_ones(built_lab):
    with pytest.raises(NameNotFound, match="Did you mean 'app-.'.*Known: app-a, app-b"):
        built_lab.ping("app-1", "app-b")


def test_pinging_an_unknown_instance_names_the_known_ones(built_lab):
    with pytest.raises(NameNotFound, match="Known: app-a, app-b"):
        built_lab.ping("app-a", "app-c")


def test_a_ping_that_sends_nothing_says_what_ping_printed(built_lab):
    with pytest.raises(PingFailed, match="Name or service not known"):
        built_lab.ping("app-a", "no.such.host")


def test_a_walk_goes_to_any_address_even_one_that_nobody_has(built_lab):
    walked, _ = built_lab.walk("app-a", "10.1.1.77")

    assert walked.fate is Fate.NO_SUCH_ADDRESS


def test_a_walk_to_an_address_is_the_walk_to_the_instance_that_has_it(built_lab):
    assert built_lab.walk("app-a", "10.2.1.10") == built_lab.walk("app-a", "app-b")


def test_a_walk_between_families_is_refused(built_lab):
    with pytest.raises(LabError, match="app-a has no IPv6 address"):
        built_lab.walk("app-a", "2001:db8::1")


def test_a_failed_lookup_changes_nothing(built_lab):
    before = built_lab.topology()
    with pytest.raises(NameNotFound):
        built_lab.ping("nobody", "app-b")

    assert before == built_lab.topology()


def test_a_command_that_is_not_simulated_fails_and_names_what_is(built_lab):
    result = built_lab.run_command("app-a", "rm -rf /")

    assert result.status == "Failed"
    assert result.exit_code == 127
    assert "not simulated" in result.stderr
    assert "ping" in result.stderr


def test_records_of_a_ping_appear_after_waiting_and_not_before(built_lab):
    built_lab.ping("app-a", "app-b")
    assert built_lab.flow_records().empty
    built_lab.wait_for_logs()
    records = built_lab.flow_records()
    seen = records[records["log-status"] == "OK"]

    assert [4] * 4 == list(seen["packets"])
    assert [336] * 4 == list(seen["bytes"])
    assert {"ACCEPT"} == set(seen["action"])
    assert str(records["start"].dtype).startswith("datetime64")


def test_waiting_for_logs_without_a_flow_log_says_what_to_build(lab):
    with pytest.raises(StepOutOfOrder, match='lab.build\\("flow_logs"\\)'):
        lab.wait_for_logs()


def test_reading_records_without_a_flow_log_says_what_to_build(lab):
    with pytest.raises(StepOutOfOrder, match='lab.build\\("flow_logs"\\)'):
        lab.flow_records()


def test_the_query_of_the_tour_counts_rejections(built_lab):
    group_id = built_lab.find("security-group", "allow-icmp-b")
    [group] = built_lab.ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"]
    built_lab.ec2.revoke_security_group_ingress(
        GroupId=group_id, IpPermissions=group["IpPermissions"]
    )
    built_lab.ping("app-a", "app-b")
    built_lab.wait_for_logs()
    frame = built_lab.insights("""
        filter action="REJECT"
        | stats count(*) as numRejections by srcAddr
        | sort numRejections desc
        | limit 10
    """)
    expected = pd.DataFrame({"srcAddr": ["10.1.1.10"], "numRejections": [1]})

    pd.testing.assert_frame_equal(expected, frame, check_dtype=False)


def test_a_misspelt_field_is_absent_as_on_aws_and_noted_beside_the_rows(built_lab, capsys):
    built_lab.ping("app-a", "app-b")
    built_lab.wait_for_logs()
    frame = built_lab.insights("stats count(*) as n by srcaddr")
    note = "srcaddr is no field of these events, so it is absent. Did you mean srcAddr?"

    assert ["n"] == list(frame.columns)
    assert (note,) == frame.attrs["notes"]
    assert capsys.readouterr().out.endswith(f"Note: {note}\n")


def test_a_query_is_explained_command_by_command(built_lab):
    built_lab.ping("app-a", "app-b")
    built_lab.wait_for_logs()
    query = """filter protocol = 1          # pings only
| stats count(*) as n by srcAddr, action
| filter n > 1000 or action = 'ACCEPT'
| sort n desc | limit 1"""
    told = built_lab.explanation(query)

    assert [
        ("filter protocol = 1", 4, 4),
        ("stats count(*) as n by srcAddr, action", 4, 2),
        ("filter n > 1000 or action = 'ACCEPT'", 2, 2),
        ("sort n desc", 2, 2),
        ("limit 1", 2, 1),
    ] == [(stage.command, stage.rows_in, stage.rows_out) for stage in told.stages]
    assert (4, 4, 1, 4) == (told.scanned, told.matched, told.rows, told.runs)
    assert ("srcAddr", 100) in told.fields
    assert told.scanned_bytes / 2**30 * 0.005 == told.usd


def test_an_explanation_counts_no_further_than_its_budget(built_lab):
    built_lab.ping("app-a", "app-b")
    built_lab.wait_for_logs()
    told = built_lab.explanation("stats count(*) as n by srcAddr | limit 1", budget_usd=0.0)
    shown = built_lab.explain("stats count(*) as n by srcAddr | limit 1", budget_usd=0.0)

    assert [(4, None), (None, 1)] == [(each.rows_in, each.rows_out) for each in told.stages]
    assert 1 == told.runs
    assert "not counted" in repr(shown)
    assert "assumed $0.005 per GiB" in shown._repr_html_()


def test_explaining_a_malformed_query_shows_where(built_lab):
    with pytest.raises(QueryError, match="Equality"):
        built_lab.explain("filter a == 1")


def test_a_query_becomes_sql_for_athena_within_a_time_range(lab):
    text = lab.sql("stats count(*) by action", "athena", table="logs.flows", start=0, end=60)

    assert 'FROM "logs"."flows"' in text
    assert '"start" <= 60' in text


def test_a_malformed_query_shows_where_and_carries_awss_own_error(built_lab):
    from labkit.insights.errors import QueryError

    with pytest.raises(QueryError) as caught:
        built_lab.insights("stats count(*) by srcAddr | sort bin(5m)")

    assert "^" in str(caught.value)
    assert isinstance(caught.value.__cause__, ClientError)
    assert caught.value.__cause__.response["Error"]["Code"] == "MalformedQueryException"


def test_a_query_on_a_missing_group_is_awss_own_error(lab):
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        lab.insights("fields @message")


def test_the_walk_and_the_ping_agree_after_every_break(built_lab):
    table_id = built_lab.find("route-table", "routes-b")
    built_lab.ec2.delete_route(RouteTableId=table_id, DestinationCidrBlock="10.1.0.0/16")
    walk, _ = built_lab.walk("app-a", "app-b")

    assert walk.answered is built_lab.ping("app-a", "app-b").answered is False


def test_internet_gateways_belong_to_the_vpc_that_they_are_attached_to(built_lab):
    attached, loose = (
        built_lab.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        for _ in range(2)
    )
    vpc_id = built_lab.find("vpc", "vpc-a")
    built_lab.ec2.attach_internet_gateway(InternetGatewayId=attached, VpcId=vpc_id)

    assert {attached: vpc_id} == built_lab.topology().internet_gateways
    assert loose not in repr(built_lab.draw())


def test_two_labs_in_one_process_share_nothing():
    first, second = Lab.open(through="vpcs"), Lab.open()

    assert first.find("vpc", "vpc-a")
    assert second.find("vpc", "vpc-a") is None


def test_two_labs_opened_alike_are_alike_to_the_byte():
    first, second = Lab.open(through="routes"), Lab.open(through="routes")

    assert first.topology() == second.topology()
    assert repr(first.ping("app-a", "app-b")) == repr(second.ping("app-a", "app-b"))


def test_another_seed_gives_other_ids():
    first, second = Lab.open(through="vpcs"), Lab.open(through="vpcs", seed=1)

    assert first.find("vpc", "vpc-a") != second.find("vpc", "vpc-a")
