"""Peering connections: every state, who may leave it, and AWS's words for those who may not."""

from __future__ import annotations

import pytest

from labkit.endpoint.peering import FAILED_MESSAGE, REQUEST_EXPIRES_S


@pytest.fixture
def request_peering(ec2):
    """A function: the id of a new peering request."""

    def request(requester, accepter, **more):
        answer = ec2.create_vpc_peering_connection(VpcId=requester, PeerVpcId=accepter, **more)
        return answer["VpcPeeringConnection"]["VpcPeeringConnectionId"]

    return request


@pytest.fixture
def peering(request_peering, two_vpcs):
    """The id of a request between the two VPCs that waits for acceptance."""
    return request_peering(*two_vpcs)


@pytest.fixture
def look(ec2):
    """A function: a peering as it is described."""

    def described(peering):
        [one] = ec2.describe_vpc_peering_connections(VpcPeeringConnectionIds=[peering])[
            "VpcPeeringConnections"
        ]
        return one

    return described


def test_a_request_begins_by_being_initiated(ec2, two_vpcs):
    answer = ec2.create_vpc_peering_connection(VpcId=two_vpcs[0], PeerVpcId=two_vpcs[1])
    assert answer["VpcPeeringConnection"]["Status"] == {
        "Code": "initiating-request",
        "Message": "Initiating Request to 123456789012",
    }


def test_a_request_waits_for_acceptance(look, peering):
    assert look(peering)["Status"] == {
        "Code": "pending-acceptance",
        "Message": "Pending Acceptance by 123456789012",
    }


def test_an_accepted_peering_is_provisioned_and_then_active(ec2, look, peering):
    answer = ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    assert answer["VpcPeeringConnection"]["Status"]["Code"] == "provisioning"
    assert look(peering)["Status"] == {"Code": "active", "Message": "Active"}


def test_a_request_expires_after_seven_days(aws, ec2, look, peering, refusal):
    aws.clock.sleep(REQUEST_EXPIRES_S - 1)
    assert look(peering)["Status"]["Code"] == "pending-acceptance"
    aws.clock.sleep(1)
    assert look(peering)["Status"]["Code"] == "expired"
    code, message = refusal(ec2.accept_vpc_peering_connection, VpcPeeringConnectionId=peering)
    assert code == "InvalidStateTransition"
    assert "from expired to provisioning" in message


def test_an_accepted_peering_does_not_expire(aws, ec2, look, peering):
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    aws.clock.sleep(2 * REQUEST_EXPIRES_S)
    assert look(peering)["Status"]["Code"] == "active"


def test_address_blocks_show_only_while_active(ec2, look, peering):
    sides = ("RequesterVpcInfo", "AccepterVpcInfo")
    assert ["CidrBlock" in look(peering)[side] for side in sides] == [False, False]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    shown = [look(peering)[side] for side in sides]
    assert [side["CidrBlock"] for side in shown] == ["10.1.0.0/16", "10.2.0.0/16"]
    assert [side["CidrBlockSet"] for side in shown] == [
        [{"CidrBlock": "10.1.0.0/16"}],
        [{"CidrBlock": "10.2.0.0/16"}],
    ]
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=peering)
    assert ["CidrBlock" in look(peering)[side] for side in sides] == [False, False]


@pytest.mark.parametrize("block", ["10.1.0.0/16", "10.1.128.0/20"])
def test_overlapping_vpcs_are_not_refused_but_fail(ec2, request_peering, look, two_vpcs, block):
    other = ec2.create_vpc(CidrBlock=block)["Vpc"]["VpcId"]
    failed = request_peering(two_vpcs[0], other)
    assert look(failed)["Status"] == {"Code": "failed", "Message": FAILED_MESSAGE}


def test_overlap_of_a_secondary_block_is_enough(ec2, request_peering, look, two_vpcs):
    ec2.associate_vpc_cidr_block(VpcId=two_vpcs[1], CidrBlock="10.1.64.0/20")
    assert look(request_peering(*two_vpcs))["Status"]["Code"] == "failed"


def test_a_peering_with_a_strangers_vpc_fails(request_peering, look, two_vpcs):
    failed = request_peering(two_vpcs[0], "vpc-0123456789abcdef0", PeerOwnerId="210987654321")
    assert look(failed)["Status"]["Code"] == "failed"
    assert look(failed)["AccepterVpcInfo"]["OwnerId"] == "210987654321"


@pytest.mark.parametrize(
    ("peer", "code", "message"),
    [
        (
            "vpc-0123456789abcdef0",
            "InvalidVpcID.NotFound",
            "The vpc ID 'vpc-0123456789abcdef0' does not exist",
        ),
        ("vpc-xyz", "InvalidVpcID.Malformed", 'Invalid id: "vpc-xyz"'),
    ],
)
def test_an_unknown_peer_vpc_is_refused(ec2, two_vpcs, refusal, peer, code, message):
    seen = refusal(ec2.create_vpc_peering_connection, VpcId=two_vpcs[0], PeerVpcId=peer)
    assert seen == (code, message)


def test_a_vpc_is_not_peered_with_itself(ec2, two_vpcs, refusal):
    one = two_vpcs[0]
    code, _ = refusal(ec2.create_vpc_peering_connection, VpcId=one, PeerVpcId=one)
    assert code == "InvalidParameterValue"


def test_a_peer_has_to_be_named(ec2, two_vpcs, refusal):
    code, _ = refusal(ec2.create_vpc_peering_connection, VpcId=two_vpcs[0])
    assert code == "MissingParameter"


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("accepted", [False, True])
def test_two_vpcs_have_one_peering_at_a_time(ec2, two_vpcs, peering, refusal, accepted, swapped):
    if accepted:
        ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    one, other = reversed(two_vpcs) if swapped else two_vpcs
    code, message = refusal(ec2.create_vpc_peering_connection, VpcId=one, PeerVpcId=other)
    assert code == "VpcPeeringConnectionAlreadyExists"
    assert peering in message


def test_after_a_peering_is_deleted_there_can_be_another(ec2, two_vpcs, peering, request_peering):
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=peering)
    assert request_peering(*two_vpcs) != peering


CALLS = {
    "accept": "accept_vpc_peering_connection",
    "reject": "reject_vpc_peering_connection",
    "delete": "delete_vpc_peering_connection",
}
TARGETS = {"accept": "provisioning", "reject": "rejected", "delete": "deleting"}


@pytest.mark.parametrize(
    ("history", "state", "refused"),
    [
        (["accept"], "active", ["accept", "reject"]),
        (["reject"], "rejected", ["accept", "reject", "delete"]),
        (["delete"], "deleted", ["accept", "reject", "delete"]),
        (["accept", "delete"], "deleted", ["accept", "reject", "delete"]),
    ],
)
def test_a_state_can_be_left_only_as_aws_allows(
    ec2, peering, look, refusal, history, state, refused
):
    for step in history:
        getattr(ec2, CALLS[step])(VpcPeeringConnectionId=peering)
    assert look(peering)["Status"]["Code"] == state
    for step in refused:
        assert refusal(getattr(ec2, CALLS[step]), VpcPeeringConnectionId=peering) == (
            "InvalidStateTransition",
            (
                f"Invalid state transition for {peering}, "
                f"attempted to transition from {state} to {TARGETS[step]}"
            ),
        )
        assert look(peering)["Status"]["Code"] == state


def test_a_failed_peering_stays_failed(ec2, request_peering, refusal):
    one, other = (ec2.create_vpc(CidrBlock="10.5.0.0/16")["Vpc"]["VpcId"] for _ in range(2))
    failed = request_peering(one, other)
    for step in ("accept", "reject", "delete"):
        code, message = refusal(getattr(ec2, CALLS[step]), VpcPeeringConnectionId=failed)
        assert code == "InvalidStateTransition"
        assert "from failed to" in message


@pytest.mark.parametrize("step", ["accept", "reject", "delete"])
def test_an_unknown_or_malformed_id_is_refused(ec2, refusal, step):
    call = getattr(ec2, CALLS[step])
    unknown = "pcx-0123456789abcdef0"
    assert refusal(call, VpcPeeringConnectionId=unknown) == (
        "InvalidVpcPeeringConnectionID.NotFound",
        f"The vpcPeeringConnection ID '{unknown}' does not exist",
    )
    assert refusal(call, VpcPeeringConnectionId="pcx-1") == (
        "InvalidVpcPeeringConnectionId.Malformed",
        'Invalid id: "pcx-1"',
    )


def test_filters_find_peerings(ec2, two_vpcs, request_peering):
    third = ec2.create_vpc(CidrBlock="10.3.0.0/16")["Vpc"]["VpcId"]
    tags = [{"Key": "Name", "Value": "a-b"}]
    specification = [{"ResourceType": "vpc-peering-connection", "Tags": tags}]
    first = request_peering(*two_vpcs, TagSpecifications=specification)
    second = request_peering(two_vpcs[1], third)
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=second)

    def found(name, *values):
        answer = ec2.describe_vpc_peering_connections(
            Filters=[{"Name": name, "Values": list(values)}]
        )
        return [each["VpcPeeringConnectionId"] for each in answer["VpcPeeringConnections"]]

    assert found("status-code", "active") == [second]
    assert found("status-code", "active", "pending-acceptance") == [first, second]
    assert found("requester-vpc-info.vpc-id", two_vpcs[0]) == [first]
    assert found("accepter-vpc-info.vpc-id", third) == [second]
    assert found("accepter-vpc-info.cidr-block", "10.2.0.0/16") == [first]
    assert found("tag:Name", "a-*") == [first]
    assert found("tag-key", "Name") == [first]
    assert found("vpc-peering-connection-id", second) == [second]
    assert found("status-code", "deleted") == []


def test_deleting_a_vpc_deletes_its_peerings(ec2, two_vpcs, peering, look):
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    ec2.delete_vpc(VpcId=two_vpcs[1])
    assert look(peering)["Status"] == {"Code": "deleted", "Message": "Deleted by 123456789012"}


def test_a_peering_across_regions_is_accepted_where_its_accepter_is(aws, session_on, ec2, refusal):
    far = session_on(aws, "eu-west-1").client("ec2")
    peer = far.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=peer, PeerRegion="eu-west-1")
    peering = made["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    assert refusal(ec2.accept_vpc_peering_connection, VpcPeeringConnectionId=peering) == (
        "OperationNotPermitted",
        (
            "Incorrect region (us-east-1) specified for this request. VPC peering connection "
            f"{peering} must be accepted in region eu-west-1"
        ),
    )
    far.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    [seen] = ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
    assert seen["Status"]["Code"] == "active"
