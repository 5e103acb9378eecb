"""Network ACLs: entries in order with their ICMP types, AWS's own last entry, and refusals."""

from __future__ import annotations

import pytest

DENY = [
    {"CidrBlock": "0.0.0.0/0", "Egress": egress, "Protocol": "-1", "RuleAction": "deny"}
    | {"RuleNumber": 32767}
    for egress in (True, False)
]


@pytest.fixture
def acl(ec2, two_vpcs):
    """A custom ACL of the first VPC."""
    return ec2.create_network_acl(VpcId=two_vpcs[0])["NetworkAcl"]["NetworkAclId"]


@pytest.fixture
def entries(ec2, acl):
    """A function: the entries of the ACL."""

    def listed(acl_id=acl):
        [found] = ec2.describe_network_acls(NetworkAclIds=[acl_id])["NetworkAcls"]
        return found["Entries"]

    return listed


def entry(number=100, protocol="-1", action="allow", block="0.0.0.0/0", *, egress=False, **more):
    return {
        "RuleNumber": number,
        "Protocol": protocol,
        "RuleAction": action,
        "CidrBlock": block,
        "Egress": egress,
        **more,
    }


def default_acl(ec2, vpc):
    [found] = ec2.describe_network_acls(
        Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "default", "Values": ["true"]}]
    )["NetworkAcls"]
    return found


def test_a_custom_acl_denies_everything(entries):
    assert entries() == DENY


def test_the_default_acl_allows_everything_before_it_denies(ec2, two_vpcs):
    found = default_acl(ec2, two_vpcs[0])
    assert [
        (each["Egress"], each["RuleNumber"], each["RuleAction"]) for each in found["Entries"]
    ] == [
        (True, 100, "allow"),
        (True, 32767, "deny"),
        (False, 100, "allow"),
        (False, 32767, "deny"),
    ]


def test_an_ipv6_vpc_has_ipv6_entries(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.6.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
    inbound = [each for each in default_acl(ec2, vpc)["Entries"] if not each["Egress"]]
    assert [(each["RuleNumber"], each.get("Ipv6CidrBlock")) for each in inbound] == [
        (100, None),
        (101, "::/0"),
        (32767, None),
        (32768, "::/0"),
    ]
    made = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["Entries"]
    assert [each["RuleNumber"] for each in made] == [32767, 32768, 32767, 32768]


def test_a_vpc_that_becomes_an_ipv6_one_gets_ipv6_entries(ec2, two_vpcs, entries):
    ec2.associate_vpc_cidr_block(VpcId=two_vpcs[0], AmazonProvidedIpv6CidrBlock=True)
    numbers = [each["RuleNumber"] for each in default_acl(ec2, two_vpcs[0])["Entries"]]
    assert numbers == [100, 101, 32767, 32768] * 2
    assert [each["RuleNumber"] for each in entries()] == [32767, 32768] * 2


def test_an_icmp_type_is_kept(ec2, acl, entries):
    wanted = entry(protocol="1", block="10.2.0.0/16", IcmpTypeCode={"Type": 8, "Code": -1})
    ec2.create_network_acl_entry(NetworkAclId=acl, **wanted)
    assert wanted in entries()


def test_an_icmp_code_may_be_left_out(ec2, acl, entries):
    ec2.create_network_acl_entry(NetworkAclId=acl, **entry(protocol="1", IcmpTypeCode={"Type": 0}))
    assert {"Type": 0, "Code": -1} in [each.get("IcmpTypeCode") for each in entries()]


def test_entries_are_shown_in_the_order_they_are_tried(ec2, acl, entries):
    for number in (300, 100, 200):
        ec2.create_network_acl_entry(NetworkAclId=acl, **entry(number))
    ec2.create_network_acl_entry(NetworkAclId=acl, **entry(150, egress=True))
    assert [(each["Egress"], each["RuleNumber"]) for each in entries()] == [
        (True, 150),
        (True, 32767),
        (False, 100),
        (False, 200),
        (False, 300),
        (False, 32767),
    ]


@pytest.mark.parametrize(("given", "kept"), [("tcp", "6"), ("udp", "17"), ("all", "-1")])
def test_protocols_are_kept_by_number(ec2, acl, entries, given, kept):
    ports = {"PortRange": {"From": 1, "To": 2}}
    ec2.create_network_acl_entry(NetworkAclId=acl, **entry(protocol=given, **ports))
    [seen] = [each for each in entries() if each["RuleNumber"] == 100]
    assert seen["Protocol"] == kept
    assert ("PortRange" in seen) == (kept != "-1")


def test_a_block_loses_its_host_bits(ec2, acl, entries):
    ec2.create_network_acl_entry(NetworkAclId=acl, **entry(block="10.2.3.4/16"))
    assert "10.2.0.0/16" in [each["CidrBlock"] for each in entries()]


def test_a_number_is_used_once_in_each_direction(ec2, acl, refusal):
    ec2.create_network_acl_entry(NetworkAclId=acl, **entry())
    ec2.create_network_acl_entry(NetworkAclId=acl, **entry(egress=True))
    assert refusal(ec2.create_network_acl_entry, NetworkAclId=acl, **entry()) == (
        "NetworkAclEntryAlreadyExists",
        "The network acl entry identified by 100 already exists.",
    )


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (entry(32767), "InvalidParameterValue"),
        (entry(0), "InvalidParameterValue"),
        (entry(block="0.0.0.0/40"), "InvalidParameterValue"),
        (entry(block="::/0"), "InvalidParameterValue"),
        (entry(protocol="foo"), "InvalidParameterValue"),
        (entry(protocol="6"), "MissingParameter"),
        (entry(protocol="1"), "MissingParameter"),
        (entry(protocol="6", PortRange={"From": 9, "To": 8}), "InvalidParameterValue"),
        (entry(action="maybe"), "InvalidParameterValue"),
        (entry(Ipv6CidrBlock="::/0"), "InvalidParameterCombination"),
    ],
)
def test_what_aws_refuses(ec2, acl, entries, refusal, wrong, code):
    seen, message = refusal(ec2.create_network_acl_entry, NetworkAclId=acl, **wrong)
    assert seen == code
    assert message
    assert entries() == DENY


def test_an_entry_is_replaced_in_its_place(ec2, acl, entries):
    for number in (100, 200):
        ec2.create_network_acl_entry(NetworkAclId=acl, **entry(number))
    ec2.replace_network_acl_entry(NetworkAclId=acl, **entry(100, action="deny"))
    inbound = [each for each in entries() if not each["Egress"]]
    assert [(each["RuleNumber"], each["RuleAction"]) for each in inbound] == [
        (100, "deny"),
        (200, "allow"),
        (32767, "deny"),
    ]


@pytest.mark.parametrize("call", ["replace_network_acl_entry", "delete_network_acl_entry"])
def test_an_unknown_entry_is_refused(ec2, acl, refusal, call):
    asked = entry(9) if call.startswith("replace") else {"RuleNumber": 9, "Egress": False}
    code, _ = refusal(getattr(ec2, call), NetworkAclId=acl, **asked)
    assert code == "InvalidNetworkAclEntry.NotFound"


def test_the_last_entry_stays(ec2, acl, entries, refusal):
    code, _ = refusal(
        ec2.delete_network_acl_entry, NetworkAclId=acl, RuleNumber=32767, Egress=False
    )
    assert code == "InvalidParameterValue"
    assert entries() == DENY


def test_a_subnet_changes_its_acl(ec2, two_vpcs, acl):
    subnet = ec2.create_subnet(VpcId=two_vpcs[0], CidrBlock="10.1.1.0/24")["Subnet"]["SubnetId"]
    [association] = default_acl(ec2, two_vpcs[0])["Associations"]
    assert association["SubnetId"] == subnet
    ec2.replace_network_acl_association(
        AssociationId=association["NetworkAclAssociationId"], NetworkAclId=acl
    )
    assert default_acl(ec2, two_vpcs[0])["Associations"] == []
    [found] = ec2.describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"]
    assert [each["SubnetId"] for each in found["Associations"]] == [subnet]


def test_an_unknown_association_is_refused(ec2, acl, refusal):
    code, _ = refusal(
        ec2.replace_network_acl_association,
        AssociationId="aclassoc-0123456789abcdef0",
        NetworkAclId=acl,
    )
    assert code == "InvalidAssociationID.NotFound"


def test_an_acl_of_another_vpc_is_refused(ec2, two_vpcs, acl, refusal):
    ec2.create_subnet(VpcId=two_vpcs[1], CidrBlock="10.2.1.0/24")
    [association] = default_acl(ec2, two_vpcs[1])["Associations"]
    code, _ = refusal(
        ec2.replace_network_acl_association,
        AssociationId=association["NetworkAclAssociationId"],
        NetworkAclId=acl,
    )
    assert code == "InvalidParameterValue"


def test_an_acl_in_use_or_a_default_one_cannot_be_deleted(ec2, two_vpcs, acl, refusal):
    ec2.create_subnet(VpcId=two_vpcs[0], CidrBlock="10.1.1.0/24")
    default = default_acl(ec2, two_vpcs[0])
    code, _ = refusal(ec2.delete_network_acl, NetworkAclId=default["NetworkAclId"])
    assert code == "InvalidParameterValue"
    ec2.replace_network_acl_association(
        AssociationId=default["Associations"][0]["NetworkAclAssociationId"], NetworkAclId=acl
    )
    assert refusal(ec2.delete_network_acl, NetworkAclId=acl)[0] == "DependencyViolation"


@pytest.mark.parametrize("call", ["describe_network_acls", "delete_network_acl"])
def test_an_unknown_acl_is_refused(ec2, refusal, call):
    unknown = "acl-0123456789abcdef0"
    name = "NetworkAclIds" if call.startswith("describe") else "NetworkAclId"
    asked = {name: [unknown] if name.endswith("s") else unknown}
    assert refusal(getattr(ec2, call), **asked) == (
        "InvalidNetworkAclID.NotFound",
        f"The network ACL ID '{unknown}' does not exist",
    )
