"""Security groups: rules as AWS keeps them, all of a request or none, and AWS's refusals."""

from __future__ import annotations

import pytest


@pytest.fixture
def group(ec2, two_vpcs):
    """A group of the first VPC, without inbound rules."""
    made = ec2.create_security_group(VpcId=two_vpcs[0], GroupName="web", Description="web")
    return made["GroupId"]


@pytest.fixture
def admit(ec2, group):
    """A function: admit permissions into the group."""

    def authorize(*permissions):
        return ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=list(permissions))[
            "SecurityGroupRules"
        ]

    return authorize


@pytest.fixture
def inbound(ec2, group):
    """A function: the inbound permissions of the group."""

    def permissions():
        [found] = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
        return found["IpPermissions"]

    return permissions


def from_block(protocol, low=None, high=None, block="10.2.0.0/16"):
    ports = {"FromPort": low, "ToPort": high} if low is not None else {}
    return {"IpProtocol": protocol, **ports, "IpRanges": [{"CidrIp": block}]}


def from_group(group_id, protocol="tcp", low=80, high=80):
    pairs = [{"GroupId": group_id}]
    return {
        "IpProtocol": protocol,
        "FromPort": low,
        "ToPort": high,
        "UserIdGroupPairs": pairs,
    }


def test_the_default_group_admits_itself_and_lets_everything_out(ec2, two_vpcs):
    [default] = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [two_vpcs[0]]}])[
        "SecurityGroups"
    ]
    [inbound] = default["IpPermissions"]
    assert inbound["IpProtocol"] == "-1"
    assert [pair["GroupId"] for pair in inbound["UserIdGroupPairs"]] == [default["GroupId"]]
    [outbound] = default["IpPermissionsEgress"]
    assert outbound["IpRanges"] == [{"CidrIp": "0.0.0.0/0"}]


def test_the_rules_of_a_default_group_know_their_direction(ec2, two_vpcs):
    [default] = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [two_vpcs[0]]}])[
        "SecurityGroups"
    ]
    rules = ec2.describe_security_group_rules(
        Filters=[{"Name": "group-id", "Values": [default["GroupId"]]}]
    )["SecurityGroupRules"]
    assert {("CidrIpv4" in rule, rule["IsEgress"]) for rule in rules} == {
        (True, True),
        (False, False),
    }


def test_a_new_group_admits_nothing_and_lets_everything_out(ec2, group):
    [found] = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert found["IpPermissions"] == []
    assert [each["IpProtocol"] for each in found["IpPermissionsEgress"]] == ["-1"]


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        (("icmp", 8, -1), ("icmp", 8, -1)),
        (("icmp", 3, 4), ("icmp", 3, 4)),
        (("icmp", -1, 4), ("icmp", -1, -1)),
        (("icmp", None, None), ("icmp", -1, -1)),
        (("1", 8, 0), ("icmp", 8, 0)),
        (("icmpv6", None, None), ("icmpv6", -1, -1)),
        (("58", 128, 0), ("icmpv6", 128, 0)),
        (("6", 22, 22), ("tcp", 22, 22)),
        (("TCP", 0, 65535), ("tcp", 0, 65535)),
        (("17", 53, 53), ("udp", 53, 53)),
        (("50", None, None), ("50", -1, -1)),
        (("-1", 1, 2), ("-1", None, None)),
        (("all", None, None), ("-1", None, None)),
    ],
)
def test_protocols_and_ports_are_kept_as_aws_keeps_them(admit, inbound, asked, kept):
    admit(from_block(*asked))
    [permission] = inbound()
    seen = permission["IpProtocol"], permission.get("FromPort"), permission.get("ToPort")
    assert seen == kept


def test_a_block_loses_its_host_bits(admit, inbound):
    admit(from_block("tcp", 22, 22, "100.68.0.18/18"))
    assert inbound()[0]["IpRanges"] == [{"CidrIp": "100.68.0.0/18"}]


def test_an_ipv6_block_is_kept(admit, inbound):
    admit({"IpProtocol": "icmpv6", "Ipv6Ranges": [{"CidrIpv6": "2001:DB8::1/32"}]})
    assert inbound()[0]["Ipv6Ranges"] == [{"CidrIpv6": "2001:db8::/32"}]


def test_all_rules_of_a_request_are_returned(admit):
    rules = admit(from_block("tcp", 22, 22), from_block("udp", 53, 53, "0.0.0.0/0"))
    assert [(rule["IpProtocol"], rule["CidrIpv4"]) for rule in rules] == [
        ("tcp", "10.2.0.0/16"),
        ("udp", "0.0.0.0/0"),
    ]
    assert len({rule["SecurityGroupRuleId"] for rule in rules}) == 2


def test_a_rule_may_be_spelled_out_in_parameters(ec2, group, inbound):
    ec2.authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp="192.0.2.7/32"
    )
    assert inbound()[0]["IpRanges"] == [{"CidrIp": "192.0.2.7/32"}]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (from_block("icmp", 8, -1), from_block("1", 8, -1)),
        (from_block("-1"), from_block("all", 5, 6)),
        (from_block("tcp", 22, 22), from_block("tcp", 22, 22, "10.2.9.9/16")),
    ],
)
def test_a_rule_that_exists_is_refused(ec2, group, admit, refusal, first, second):
    admit(first)
    assert refusal(ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=[second]) == (
        "InvalidPermission.Duplicate",
        "The specified rule already exists",
    )


def test_a_request_is_kept_whole_or_not_at_all(ec2, group, admit, inbound, refusal):
    admit(from_block("tcp", 22, 22))
    before = inbound()
    refusal(
        ec2.authorize_security_group_ingress,
        GroupId=group,
        IpPermissions=[from_block("tcp", 80, 80), from_block("tcp", 22, 22)],
    )
    assert inbound() == before
    refusal(
        ec2.revoke_security_group_ingress,
        GroupId=group,
        IpPermissions=[from_block("tcp", 22, 22), from_block("tcp", 80, 80)],
    )
    assert inbound() == before


def test_a_request_does_not_repeat_itself(ec2, group, refusal):
    code, _ = refusal(
        ec2.authorize_security_group_ingress,
        GroupId=group,
        IpPermissions=[from_block("tcp", 22, 22), from_block("6", 22, 22)],
    )
    assert code == "InvalidParameterValue"


@pytest.mark.parametrize(
    ("permission", "code", "message"),
    [
        (
            from_block("tcp", 23, 22),
            "InvalidParameterValue",
            "Invalid TCP/UDP port range (23:22)",
        ),
        (
            from_block("tcp"),
            "InvalidParameterValue",
            "Invalid value for portRange. Must specify both from and to ports with TCP/UDP.",
        ),
        (
            from_block("tcp", 22, 65536),
            "InvalidParameterValue",
            "Invalid TCP/UDP port range (22:65536)",
        ),
        (
            from_block("icmp", 300, 0),
            "InvalidParameterValue",
            "ICMP type (300) or code (0) out of range",
        ),
        (
            from_block("foo", 1, 1),
            "InvalidParameterValue",
            "Invalid value 'foo' for IP protocol. Unknown protocol.",
        ),
        (
            from_block("tcp", 22, 22, "10.2.0.0/99"),
            "InvalidParameterValue",
            "CIDR block 10.2.0.0/99 is malformed",
        ),
        (
            from_block("tcp", 22, 22, "10.2.0.0"),
            "InvalidParameterValue",
            "CIDR block 10.2.0.0 is malformed",
        ),
        (
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22},
            "MissingParameter",
            "Missing source specification: include source security group or CIDR information",
        ),
        (
            from_group("sg-0123456789abcdef0"),
            "InvalidGroup.NotFound",
            "The security group 'sg-0123456789abcdef0' does not exist",
        ),
    ],
)
def test_what_aws_refuses(ec2, group, inbound, refusal, permission, code, message):
    seen = refusal(ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=[permission])
    assert seen == (code, message)
    assert inbound() == []


def test_a_group_may_refer_to_itself(admit, group, inbound):
    admit(from_group(group))
    [pair] = inbound()[0]["UserIdGroupPairs"]
    assert (pair["GroupId"], pair["UserId"]) == (group, "123456789012")


def test_a_group_across_a_peering_can_be_named_once_it_is_active(
    ec2, group, two_vpcs, admit, refusal
):
    far = ec2.create_security_group(VpcId=two_vpcs[1], GroupName="far", Description="far")[
        "GroupId"
    ]
    foreign = (
        "InvalidGroup.NotFound",
        "You have specified two resources that belong to different networks.",
    )
    call = ec2.authorize_security_group_ingress
    asked = {"GroupId": group, "IpPermissions": [from_group(far)]}
    assert refusal(call, **asked) == foreign
    made = ec2.create_vpc_peering_connection(VpcId=two_vpcs[0], PeerVpcId=two_vpcs[1])
    peering = made["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    assert refusal(call, **asked) == foreign
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    [rule] = admit(from_group(far))
    assert rule["ReferencedGroupInfo"]["GroupId"] == far


def test_a_rule_gone_stale_with_its_peering_can_still_be_revoked(
    ec2, group, two_vpcs, admit, inbound
):
    far = ec2.create_security_group(VpcId=two_vpcs[1], GroupName="far", Description="far")
    made = ec2.create_vpc_peering_connection(VpcId=two_vpcs[0], PeerVpcId=two_vpcs[1])
    peering = made["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    rule = from_group(far["GroupId"])
    admit(rule)
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=peering)

    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[rule])

    assert inbound() == []


def test_a_rule_can_be_revoked_by_what_it_says_or_by_its_id(ec2, group, admit, inbound):
    rules = admit(from_block("icmp", 8, -1), from_block("tcp", 22, 22))
    ec2.revoke_security_group_ingress(
        GroupId=group, IpPermissions=[from_block("1", 8, -1, "10.2.1.1/16")]
    )
    assert [each["IpProtocol"] for each in inbound()] == ["tcp"]
    ec2.revoke_security_group_ingress(
        GroupId=group, SecurityGroupRuleIds=[rules[1]["SecurityGroupRuleId"]]
    )
    assert inbound() == []


def test_a_rule_that_is_not_there_cannot_be_revoked(ec2, group, refusal):
    assert refusal(
        ec2.revoke_security_group_ingress,
        GroupId=group,
        IpPermissions=[from_block("tcp", 22, 22)],
    ) == (
        "InvalidPermission.NotFound",
        "The specified rule does not exist in this security group",
    )


def test_the_outbound_rule_can_be_taken_away(ec2, group):
    ec2.revoke_security_group_egress(
        GroupId=group, IpPermissions=[from_block("-1", block="0.0.0.0/0")]
    )
    ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[from_block("icmp", 8, -1)])
    [found] = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    [permission] = found["IpPermissionsEgress"]
    assert (permission["IpProtocol"], permission["FromPort"]) == ("icmp", 8)


def test_a_rule_can_be_modified(ec2, group, admit, inbound):
    [rule] = admit(from_block("tcp", 22, 22))
    ec2.modify_security_group_rules(
        GroupId=group,
        SecurityGroupRules=[
            {
                "SecurityGroupRuleId": rule["SecurityGroupRuleId"],
                "SecurityGroupRule": {
                    "IpProtocol": "icmp",
                    "FromPort": 8,
                    "ToPort": -1,
                    "CidrIpv4": "10.2.3.4/24",
                },
            }
        ],
    )
    [permission] = inbound()
    assert (permission["IpProtocol"], permission["FromPort"]) == ("icmp", 8)
    assert permission["IpRanges"] == [{"CidrIp": "10.2.3.0/24"}]


def test_a_default_group_cannot_be_deleted(ec2, two_vpcs, refusal):
    [default] = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [two_vpcs[0]]}])[
        "SecurityGroups"
    ]
    group_id = default["GroupId"]
    assert refusal(ec2.delete_security_group, GroupId=group_id) == (
        "CannotDelete",
        f'the specified group: "{group_id}" name: "default" cannot be deleted by a user',
    )


def test_a_group_in_use_cannot_be_deleted(ec2, two_vpcs, group, refusal):
    subnet = ec2.create_subnet(VpcId=two_vpcs[0], CidrBlock="10.1.1.0/24")["Subnet"]["SubnetId"]
    made = ec2.create_network_interface(SubnetId=subnet, Groups=[group])["NetworkInterface"]
    assert refusal(ec2.delete_security_group, GroupId=group) == (
        "DependencyViolation",
        f"resource {group} has a dependent object",
    )
    ec2.delete_network_interface(NetworkInterfaceId=made["NetworkInterfaceId"])
    ec2.delete_security_group(GroupId=group)


def test_a_group_that_another_names_cannot_be_deleted(ec2, two_vpcs, group, refusal, admit):
    other = ec2.create_security_group(VpcId=two_vpcs[0], GroupName="b", Description="b")["GroupId"]
    admit(from_group(other), from_group(group))
    assert refusal(ec2.delete_security_group, GroupId=other)[0] == "DependencyViolation"
    ec2.delete_security_group(GroupId=group)
    ec2.delete_security_group(GroupId=other)


@pytest.mark.parametrize("call", ["delete_security_group", "describe_security_groups"])
def test_an_unknown_group_is_refused(ec2, refusal, call):
    unknown = "sg-0123456789abcdef0"
    asked = {"GroupIds": [unknown]} if call.startswith("describe") else {"GroupId": unknown}
    assert refusal(getattr(ec2, call), **asked) == (
        "InvalidGroup.NotFound",
        f"The security group '{unknown}' does not exist",
    )


def test_a_rule_tells_whose_it_is(admit, ec2):
    [made] = admit(from_block("tcp", 22, 22))
    [shown] = ec2.describe_security_group_rules(SecurityGroupRuleIds=[made["SecurityGroupRuleId"]])[
        "SecurityGroupRules"
    ]

    arn = "arn:aws:ec2:us-east-1:123456789012:security-group-rule/" + made["SecurityGroupRuleId"]
    for each in (made, shown):
        assert ("123456789012", arn) == (each["GroupOwnerId"], each["SecurityGroupRuleArn"])


def test_the_groups_for_a_vpc_are_those_of_it(ec2, two_vpcs, group):
    def found(vpc, *names):
        filters = [{"Name": "group-name", "Values": [*names]}] if names else []
        answer = ec2.get_security_groups_for_vpc(VpcId=vpc, Filters=filters)
        return answer["SecurityGroupForVpcs"]

    [described] = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    [shown] = found(two_vpcs[0], described["GroupName"])
    assert (group, two_vpcs[0]) == (shown["GroupId"], shown["PrimaryVpcId"])
    assert {"default", described["GroupName"]} == {each["GroupName"] for each in found(two_vpcs[0])}
    assert ["default"] == [each["GroupName"] for each in found(two_vpcs[1])]


@pytest.fixture
def described(ec2, group):
    """A function: the descriptions of the group's inbound rules, by id."""

    def descriptions():
        of_group = [{"Name": "group-id", "Values": [group]}]
        rules = ec2.describe_security_group_rules(Filters=of_group)["SecurityGroupRules"]
        return {
            each["SecurityGroupRuleId"]: each.get("Description")
            for each in rules
            if not each["IsEgress"]
        }

    return descriptions


def test_a_rule_is_described_whatever_it_names(ec2, group, admit, described):
    listed = ec2.create_managed_prefix_list(
        PrefixListName="nets", MaxEntries=1, AddressFamily="IPv4"
    )["PrefixList"]["PrefixListId"]
    web = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}
    permission = {
        **web,
        "IpRanges": [{"CidrIp": "10.2.0.0/16", "Description": "a block"}],
        "UserIdGroupPairs": [{"GroupId": group, "Description": "a group"}],
        "PrefixListIds": [{"PrefixListId": listed, "Description": "a list"}],
    }
    ids = [each["SecurityGroupRuleId"] for each in admit(permission)]
    assert {*described().values()} == {"a block", "a group", "a list"}

    ec2.update_security_group_rule_descriptions_ingress(
        GroupId=group,
        SecurityGroupRuleDescriptions=[
            {"SecurityGroupRuleId": each, "Description": f"rule {number}"}
            for number, each in enumerate(ids)
        ],
    )
    assert described() == {each: f"rule {number}" for number, each in enumerate(ids)}

    pairs = [{"GroupId": group}]
    permission = {**web, "UserIdGroupPairs": pairs}
    ec2.update_security_group_rule_descriptions_ingress(GroupId=group, IpPermissions=[permission])
    assert [None] == [text for text in described().values() if text not in ("rule 0", "rule 2")]


def test_only_rules_there_are_can_be_described(ec2, group, refusal):
    call = ec2.update_security_group_rule_descriptions_egress
    unknown = {"SecurityGroupRuleId": "sgr-0123456789abcdef0", "Description": "x"}
    code, _ = refusal(call, GroupId=group, SecurityGroupRuleDescriptions=[unknown])
    assert code == "InvalidSecurityGroupRuleId.NotFound"
    code, _ = refusal(call, GroupId=group, IpPermissions=[from_block("tcp", 1, 1)])
    assert code == "InvalidPermission.NotFound"
