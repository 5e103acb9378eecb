"""Transit gateways: attachments, route tables, and routes that follow the VPCs."""

from __future__ import annotations

import pytest

UNKNOWN = "tgw-0123456789abcdef0"


class Transit:
    """A transit gateway with the two VPCs attached to it, and what can be asked of it."""

    def __init__(self, ec2, two_vpcs, **options):
        self.ec2 = ec2
        self.vpcs = two_vpcs
        self.subnets = []
        made = ec2.create_transit_gateway(Options=options)["TransitGateway"]
        self.shown_first = made
        self.id = made["TransitGatewayId"]
        self.table = made["Options"].get("AssociationDefaultRouteTableId")
        for vpc, block in zip(two_vpcs, ("10.1.1.0/24", "10.2.1.0/24"), strict=True):
            subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone="us-east-1a")
            self.subnets.append(subnet["Subnet"]["SubnetId"])
        self.attachments = [self.attach(index) for index in (0, 1)]

    def attach(self, index, **more):
        """The id of a new attachment of a VPC."""
        made = self.ec2.create_transit_gateway_vpc_attachment(
            TransitGatewayId=self.id,
            VpcId=self.vpcs[index],
            SubnetIds=[self.subnets[index]],
            **more,
        )
        return made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]

    def routes(self, *, table=None, **filters):
        """The routes of a table as (block, kind, state) that pass the filters."""
        given = [
            {"Name": name.replace("_", "-"), "Values": [value]} for name, value in filters.items()
        ]
        found = self.ec2.search_transit_gateway_routes(
            TransitGatewayRouteTableId=table or self.table,
            Filters=given or [{"Name": "state", "Values": ["active", "blackhole"]}],
        )["Routes"]
        return [(each["DestinationCidrBlock"], each["Type"], each["State"]) for each in found]

    def route(self, block, **target):
        """Add a static route to the default table."""
        self.ec2.create_transit_gateway_route(
            TransitGatewayRouteTableId=self.table, DestinationCidrBlock=block, **target
        )


@pytest.fixture
def transit(ec2, two_vpcs):
    return Transit(ec2, two_vpcs)


@pytest.fixture
def main_table(ec2):
    """A function: the id of the main route table of a VPC."""

    def of(vpc):
        wanted = [{"Name": "vpc-id", "Values": [vpc]}]
        return ec2.describe_route_tables(Filters=wanted)["RouteTables"][0]["RouteTableId"]

    return of


def test_it_begins_pending_and_is_found_available(ec2, transit):
    [shown] = ec2.describe_transit_gateways(TransitGatewayIds=[transit.id])["TransitGateways"]

    assert transit.shown_first["State"] == "pending"
    assert shown["State"] == "available"
    assert shown["Options"]["SecurityGroupReferencingSupport"] == "disable"


def test_an_attachment_has_an_interface_of_awss_in_each_subnet(ec2, transit):
    shown = ec2.describe_network_interfaces()["NetworkInterfaces"]
    expected = {
        f"Network Interface for Transit Gateway Attachment {each}" for each in transit.attachments
    }

    assert expected == {each["Description"] for each in shown}
    assert {each["InterfaceType"] for each in shown} == {"transit_gateway"}
    assert [each["Groups"] for each in shown] == [[], []]
    ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=transit.attachments[0])
    [left] = ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert left["SubnetId"] == transit.subnets[1]


def test_attached_vpcs_find_each_other_in_the_default_table(ec2, transit):
    assert transit.routes() == [
        ("10.1.0.0/16", "propagated", "active"),
        ("10.2.0.0/16", "propagated", "active"),
    ]
    associated = ec2.get_transit_gateway_route_table_associations(
        TransitGatewayRouteTableId=transit.table
    )["Associations"]
    assert transit.attachments == [each["TransitGatewayAttachmentId"] for each in associated]


def test_without_defaults_an_attachment_is_in_no_table(ec2, two_vpcs):
    transit = Transit(
        ec2,
        two_vpcs,
        DefaultRouteTableAssociation="disable",
        DefaultRouteTablePropagation="disable",
    )
    found = ec2.describe_transit_gateway_attachments()["TransitGatewayAttachments"]

    assert transit.table is None
    assert ec2.describe_transit_gateway_route_tables()["TransitGatewayRouteTables"] == []
    assert [each.get("Association") for each in found] == [None, None]


def test_a_static_route_beats_a_propagated_one_and_outlives_its_attachment(ec2, transit):
    first, second = transit.attachments
    transit.route("10.1.0.0/16", TransitGatewayAttachmentId=second)
    transit.route("10.9.0.0/16", Blackhole=True)

    assert transit.routes() == [
        ("10.1.0.0/16", "static", "active"),
        ("10.2.0.0/16", "propagated", "active"),
        ("10.9.0.0/16", "static", "blackhole"),
    ]
    ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=second)
    assert transit.routes() == [
        ("10.1.0.0/16", "static", "blackhole"),
        ("10.9.0.0/16", "static", "blackhole"),
    ]
    ec2.delete_transit_gateway_route(
        TransitGatewayRouteTableId=transit.table, DestinationCidrBlock="10.1.0.0/16"
    )
    assert ("10.1.0.0/16", "propagated", "active") in transit.routes()
    assert first in transit.attachments


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("route-search.exact-match", "10.2.0.0/16", ["10.2.0.0/16"]),
        ("route-search.longest-prefix-match", "10.2.1.10/32", ["10.2.0.0/16"]),
        ("route-search.supernet-of-match", "10.2.1.10/32", ["10.0.0.0/8", "10.2.0.0/16"]),
        ("route-search.subnet-of-match", "10.0.0.0/15", ["10.1.0.0/16"]),
        ("type", "static", ["10.0.0.0/8"]),
        ("attachment.resource-type", "vpc", ["10.1.0.0/16", "10.2.0.0/16"]),
    ],
)
def test_routes_are_found_by_what_they_hold(transit, name, value, expected):
    transit.route("10.0.0.0/8", Blackhole=True)

    assert expected == [block for block, _, _ in transit.routes(**{name: value})]


@pytest.mark.parametrize("condition", [{"Values": ["x"]}, {"Name": "colour", "Values": ["x"]}])
def test_routes_are_not_searched_by_what_aws_does_not_know(ec2, transit, refusal, condition):
    code, message = refusal(
        ec2.search_transit_gateway_routes,
        TransitGatewayRouteTableId=transit.table,
        Filters=[condition],
    )

    assert "InvalidParameterValue" == code
    assert f"The filter '{condition.get('Name', '')}' is invalid" == message


def test_an_attachment_moves_from_one_table_to_another(ec2, transit, refusal):
    made = ec2.create_transit_gateway_route_table(TransitGatewayId=transit.id)
    table = made["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]
    attachment = transit.attachments[0]
    there = {"TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": attachment}
    code, _ = refusal(ec2.associate_transit_gateway_route_table, **there)
    assert code == "Resource.AlreadyAssociated"

    ec2.disassociate_transit_gateway_route_table(
        **{**there, "TransitGatewayRouteTableId": transit.table}
    )
    ec2.associate_transit_gateway_route_table(**there)
    ec2.enable_transit_gateway_route_table_propagation(**there)
    wanted = [{"Name": "association.transit-gateway-route-table-id", "Values": [table]}]
    [moved] = ec2.describe_transit_gateway_attachments(Filters=wanted)["TransitGatewayAttachments"]
    assert attachment == moved["TransitGatewayAttachmentId"]
    assert transit.routes(table=table) == [("10.1.0.0/16", "propagated", "active")]
    propagations = ec2.get_transit_gateway_attachment_propagations
    found = propagations(TransitGatewayAttachmentId=attachment)
    assert [(transit.table, "enabled"), (table, "enabled")] == [
        (each["TransitGatewayRouteTableId"], each["State"])
        for each in found["TransitGatewayAttachmentPropagations"]
    ]
    wanted = [{"Name": "transit-gateway-route-table-id", "Values": [table]}]
    found = propagations(TransitGatewayAttachmentId=attachment, Filters=wanted)
    assert 1 == len(found["TransitGatewayAttachmentPropagations"])
    code, _ = refusal(ec2.enable_transit_gateway_route_table_propagation, **there)
    assert code == "TransitGatewayRouteTablePropagation.Duplicate"
    ec2.disable_transit_gateway_route_table_propagation(**there)
    assert transit.routes(table=table) == []


def test_a_vpc_routes_to_a_transit_gateway_only_while_attached(
    ec2, transit, two_vpcs, main_table, refusal
):
    table = main_table(two_vpcs[0])
    stranger = ec2.create_vpc(CidrBlock="10.3.0.0/16")["Vpc"]["VpcId"]
    route = {"DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": transit.id}
    code, message = refusal(ec2.create_route, RouteTableId=main_table(stranger), **route)
    assert code == "InvalidTransitGatewayID.NotFound"
    assert f"The transitGateway ID '{transit.id}' does not exist" == message

    def state():
        [shown] = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
        return shown["Routes"][-1]["State"]

    ec2.create_route(RouteTableId=table, **route)
    assert state() == "active"
    ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=transit.attachments[0])
    assert state() == "blackhole"


def test_what_cannot_be_attached_is_refused(ec2, transit, two_vpcs, refusal):
    call = ec2.create_transit_gateway_vpc_attachment
    one = {"VpcId": two_vpcs[0], "SubnetIds": transit.subnets[:1]}
    code, message = refusal(call, TransitGatewayId=transit.id, **one)
    assert code == "DuplicateTransitGatewayAttachment"
    assert f"{transit.id} has non-deleted Transit Gateway Attachments with same VPC ID." == message
    code, _ = refusal(call, TransitGatewayId=UNKNOWN, **one)
    assert code == "InvalidTransitGatewayID.NotFound"
    foreign = {"VpcId": two_vpcs[0], "SubnetIds": transit.subnets[1:]}
    code, _ = refusal(call, TransitGatewayId=transit.id, **foreign)
    assert code == "InvalidSubnetID.NotFound"
    twin = ec2.create_subnet(
        VpcId=two_vpcs[0], CidrBlock="10.1.2.0/24", AvailabilityZone="us-east-1a"
    )["Subnet"]["SubnetId"]
    code, _ = refusal(
        ec2.modify_transit_gateway_vpc_attachment,
        TransitGatewayAttachmentId=transit.attachments[0],
        AddSubnetIds=[twin],
    )
    assert code == "DuplicateSubnetsInSameZone"


def test_only_vpcs_are_attached(ec2, transit, refusal):
    code, message = refusal(
        ec2.create_transit_gateway_peering_attachment,
        TransitGatewayId=transit.id,
        PeerTransitGatewayId=UNKNOWN,
        PeerAccountId="123456789012",
        PeerRegion="eu-west-1",
    )

    assert code == "NotImplemented"
    assert "other than to VPCs" in message


def test_it_stays_while_vpcs_are_attached_and_takes_its_tables_with_it(ec2, transit, refusal):
    code, message = refusal(ec2.delete_transit_gateway, TransitGatewayId=transit.id)
    assert code == "IncorrectState"
    attached = ", ".join(transit.attachments)
    assert f"{transit.id} has non-deleted VPC Attachments: {attached}." == message
    for each in transit.attachments:
        ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=each)
    ec2.delete_transit_gateway(TransitGatewayId=transit.id)
    assert ec2.describe_transit_gateways()["TransitGateways"] == []
    assert ec2.describe_transit_gateway_vpc_attachments()["TransitGatewayVpcAttachments"] == []
    assert ec2.describe_transit_gateway_route_tables()["TransitGatewayRouteTables"] == []


def test_what_is_gone_says_so_for_a_while_to_whoever_asks_for_it(aws, ec2, transit, refusal):
    first, second = transit.attachments
    ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=first)
    shown = ec2.describe_transit_gateway_vpc_attachments(
        TransitGatewayAttachmentIds=[first, second]
    )
    states = {
        each["TransitGatewayAttachmentId"]: each["State"]
        for each in shown["TransitGatewayVpcAttachments"]
    }
    assert states == {first: "deleted", second: "available"}
    [gone] = ec2.describe_transit_gateway_attachments(TransitGatewayAttachmentIds=[first])[
        "TransitGatewayAttachments"
    ]
    assert ("deleted", {}) == (gone["State"], gone["Association"])
    table = ec2.create_transit_gateway_route_table(TransitGatewayId=transit.id)[
        "TransitGatewayRouteTable"
    ]["TransitGatewayRouteTableId"]
    ec2.delete_transit_gateway_route_table(TransitGatewayRouteTableId=table)
    [gone] = ec2.describe_transit_gateway_route_tables(TransitGatewayRouteTableIds=[table])[
        "TransitGatewayRouteTables"
    ]
    assert gone["State"] == "deleted"
    ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=second)
    ec2.delete_transit_gateway(TransitGatewayId=transit.id)
    [gone] = ec2.describe_transit_gateways(TransitGatewayIds=[transit.id])["TransitGateways"]
    assert gone["State"] == "deleted"

    aws.clock.sleep(3600)
    code, _ = refusal(ec2.describe_transit_gateways, TransitGatewayIds=[transit.id])
    assert code == "InvalidTransitGatewayID.NotFound"


def test_attachments_are_found_by_their_tags(ec2, transit, two_vpcs):
    ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=transit.attachments[0])
    tags = {
        "ResourceType": "transit-gateway-attachment",
        "Tags": [{"Key": "Name", "Value": "hub-a"}],
    }
    made = transit.attach(0, TagSpecifications=[tags])
    wanted = [{"Name": "tag:Name", "Values": ["hub-*"]}]
    [found] = ec2.describe_transit_gateway_vpc_attachments(Filters=wanted)[
        "TransitGatewayVpcAttachments"
    ]

    assert made == found["TransitGatewayAttachmentId"]
    assert found["VpcId"] == two_vpcs[0]


@pytest.mark.parametrize(
    ("call", "params", "expected"),
    [
        (
            "describe_transit_gateways",
            {"TransitGatewayIds": [UNKNOWN]},
            "InvalidTransitGatewayID.NotFound",
        ),
        (
            "delete_transit_gateway_vpc_attachment",
            {"TransitGatewayAttachmentId": "tgw-attach-0123456789abcdef0"},
            "InvalidTransitGatewayAttachmentID.NotFound",
        ),
        (
            "get_transit_gateway_attachment_propagations",
            {"TransitGatewayAttachmentId": "tgw-attach-0123456789abcdef0"},
            "InvalidTransitGatewayAttachmentID.NotFound",
        ),
        (
            "search_transit_gateway_routes",
            {
                "TransitGatewayRouteTableId": "tgw-rtb-0123456789abcdef0",
                "Filters": [{"Name": "type", "Values": ["static"]}],
            },
            "InvalidRouteTableID.NotFound",
        ),
    ],
)
def test_what_is_unknown_is_refused(ec2, refusal, call, params, expected):
    assert expected == refusal(getattr(ec2, call), **params)[0]
