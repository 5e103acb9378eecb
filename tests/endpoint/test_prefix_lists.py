"""Managed prefix lists: their entries are blocks, rules and routes name lists that are there."""

from __future__ import annotations

import pytest

UNKNOWN = "pl-0123456789abcdef0"
NOT_FOUND = ("InvalidPrefixListID.NotFound", f"The prefix list ({UNKNOWN}) does not exist.")


def made(ec2, *blocks, family="IPv4"):
    entries = [{"Cidr": each} for each in blocks]
    asked = {"PrefixListName": "mine", "MaxEntries": 5, "AddressFamily": family}
    return ec2.create_managed_prefix_list(**asked, Entries=entries)["PrefixList"]["PrefixListId"]


@pytest.fixture
def group(ec2, two_vpcs):
    return ec2.create_security_group(VpcId=two_vpcs[0], GroupName="g", Description="g")["GroupId"]


@pytest.fixture
def table(ec2, two_vpcs):
    return ec2.create_route_table(VpcId=two_vpcs[0])["RouteTable"]["RouteTableId"]


def permission(list_id):
    return [{"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": list_id}]}]


def state_of(ec2, list_id):
    [seen] = ec2.describe_managed_prefix_lists(PrefixListIds=[list_id])["PrefixLists"]
    return seen["State"]


def test_rules_routes_and_changes_want_a_list_that_is_there(ec2, two_vpcs, group, table, refusal):
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=two_vpcs[0])
    rules = {"GroupId": group, "IpPermissions": permission(UNKNOWN)}
    route = {"RouteTableId": table, "DestinationPrefixListId": UNKNOWN, "GatewayId": gateway}

    assert [NOT_FOUND] * 5 == [
        refusal(ec2.authorize_security_group_ingress, **rules),
        refusal(ec2.authorize_security_group_egress, **rules),
        refusal(ec2.create_route, **route),
        refusal(ec2.modify_managed_prefix_list, PrefixListId=UNKNOWN),
        refusal(ec2.delete_managed_prefix_list, PrefixListId=UNKNOWN),
    ]


@pytest.mark.parametrize("block", ["nonsense", "::/0", "10.0.0.0/33"])
def test_an_entry_is_a_block_of_the_family(ec2, refusal, block):
    list_id = made(ec2, "10.0.0.0/8")
    added = refusal(
        ec2.modify_managed_prefix_list,
        PrefixListId=list_id,
        CurrentVersion=1,
        AddEntries=[{"Cidr": block}],
    )
    with pytest.raises(ec2.exceptions.ClientError, match="no valid IPv4 CIDR block"):
        made(ec2, block)
    assert added[0] == "InvalidParameterValue"


def test_a_list_in_use_stays_until_nobody_names_it(ec2, group, refusal):
    list_id = made(ec2, "10.0.0.0/8")
    rules = {"GroupId": group, "IpPermissions": permission(list_id)}
    ec2.authorize_security_group_ingress(**rules)

    told = ec2.delete_managed_prefix_list(PrefixListId=list_id)["PrefixList"]
    assert (told["State"], state_of(ec2, list_id)) == ("delete-in-progress", "delete-failed")
    ec2.revoke_security_group_ingress(**rules)
    ec2.delete_managed_prefix_list(PrefixListId=list_id)
    refused = refusal(ec2.authorize_security_group_ingress, **rules)
    assert refused[0] == "InvalidPrefixListID.NotFound"


def test_a_list_keeps_its_name_when_its_entries_change(ec2):
    list_id = made(ec2, "10.0.0.0/8")
    ec2.modify_managed_prefix_list(
        PrefixListId=list_id, CurrentVersion=1, AddEntries=[{"Cidr": "172.16.0.0/12"}]
    )
    [seen] = ec2.describe_managed_prefix_lists(PrefixListIds=[list_id])["PrefixLists"]
    assert (seen["PrefixListName"], seen["Version"]) == ("mine", 2)


def test_aws_s_own_lists_are_nobody_s_to_delete(ec2, refusal):
    lists = ec2.describe_managed_prefix_lists()["PrefixLists"]
    own = next(each["PrefixListId"] for each in lists if each["OwnerId"] == "AWS")
    assert refusal(ec2.delete_managed_prefix_list, PrefixListId=own)[0] == "AuthFailure"
