"""
A scenario, built in an account of an AWS endpoint with boto3 calls only.

The same calls in the same order would do on AWS. An account there hands out
IPv6 ranges and addresses as it likes, so those are translated. There are
several ways to build most things, and nobody can tell afterwards which was
taken; chance picks one for each.
"""

from __future__ import annotations

import json
from dataclasses import replace
from ipaddress import ip_network
from random import Random
from typing import TYPE_CHECKING, Any

from linux_kernel.scenario import EGRESS_ONLY, INTERNET, TRANSIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from linux_kernel.scenario import (
        Acl,
        AclEntry,
        Address,
        Attachment,
        Group,
        GroupRule,
        Instance,
        Nat,
        Network,
        Peering,
        Route,
        RouteTable,
        Scenario,
        Subnet,
        TransitTable,
        Vpc,
    )

LOG_GROUP = "/against/linux-kernel"
FIELDS = (
    "interface-id",
    "flow-direction",
    "srcaddr",
    "dstaddr",
    "pkt-srcaddr",
    "pkt-dstaddr",
    "action",
    "packets",
    "bytes",
    "start",
)
INTERVAL_S = 60
_LAST_ENTRIES = 32_767  # number of the first entry that nobody can delete
_NUMBERS = {"icmp": "1", "icmpv6": "58", "tcp": "6", "udp": "17"}
_IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"


class Account:
    """One scenario on its way into an account: what was made so far, by its name."""

    def __init__(self, scenario: Scenario, client: Callable[[str], Any]) -> None:
        self.scenario = scenario
        self.ec2, self.ssm, self.logs, self.iam = map(client, ("ec2", "ssm", "logs", "iam"))
        self.ids: dict[str, str] = {}
        self.interfaces: dict[str, str] = {}
        self.theirs: dict[Network | Address, str] = {}
        self._chance = Random(f"{scenario.seed} account")  # noqa: S311 - not for secrets

    def build(self) -> None:
        for vpc in self.scenario.vpcs:
            self._vpc(vpc)
        for peering in self.scenario.peerings:
            self._peering(peering)
        for group in self.scenario.groups:
            self._group(group)
        image = self.ssm.get_parameter(Name=_IMAGE)["Parameter"]["Value"]
        for instance in self.scenario.instances:
            self._instance(instance, image)
        for nat in self.scenario.nats:
            self._nat(nat)
        if self.scenario.attachments:
            self._transit_gateway()
        tables_first = self._sometimes()
        for step in (self._tables, self._acceptances)[:: 1 if tables_first else -1]:
            step()
        for group in self.scenario.groups:
            self._rules(group)
        for acl in self.scenario.acls:
            self._acl(acl)
        self._associations()
        self._flow_logs()
        self._take_down()

    def _sometimes(self) -> bool:
        return self._chance.random() < 0.5

    # Places.

    def _vpc(self, vpc: Vpc) -> None:
        first, *seconds = (cidr for cidr in vpc.cidrs if cidr.version == 4)
        sixes = [cidr for cidr in vpc.cidrs if cidr.version == 6]
        made = self.ec2.create_vpc(CidrBlock=str(first), AmazonProvidedIpv6CidrBlock=bool(sixes))
        vpc_id = self.ids[vpc.name] = made["Vpc"]["VpcId"]
        items = made["Vpc"].get("Ipv6CidrBlockAssociationSet", ())
        self.theirs.update(zip(sixes, [item["Ipv6CidrBlock"] for item in items], strict=True))
        for second in seconds:
            self.ec2.associate_vpc_cidr_block(VpcId=vpc_id, CidrBlock=str(second))
        for subnet in self.scenario.subnets_of(vpc.name):
            self._subnet(vpc, subnet)
        if vpc.gateway != "none":
            gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
            self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.ids[vpc.name])
            self.ids[f"{INTERNET} {vpc.name}"] = gateway
        if vpc.egress_only != "none":
            made = self.ec2.create_egress_only_internet_gateway(VpcId=vpc_id)
            gateway = made["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]
            self.ids[f"{EGRESS_ONLY} {vpc.name}"] = gateway

    def _subnet(self, vpc: Vpc, subnet: Subnet) -> None:
        six = {}
        if len(subnet.cidrs) > 1:
            cidr, whole = subnet.cidrs[1], vpc.cidrs[-1]
            number = list(whole.subnets(new_prefix=64)).index(cidr)
            theirs = list(ip_network(self.real(whole)).subnets(new_prefix=64))
            self.theirs[cidr] = six["Ipv6CidrBlock"] = str(theirs[number])
        made = self.ec2.create_subnet(
            VpcId=self.ids[vpc.name],
            CidrBlock=str(subnet.cidrs[0]),
            AvailabilityZone=f"{self.ec2.meta.region_name}{subnet.zone}",
            **six,
        )
        self.ids[subnet.name] = made["Subnet"]["SubnetId"]

    def _peering(self, peering: Peering) -> None:
        made = self.ec2.create_vpc_peering_connection(
            VpcId=self.ids[peering.requester], PeerVpcId=self.ids[peering.accepter]
        )["VpcPeeringConnection"]
        self.ids[peering.name] = made["VpcPeeringConnectionId"]

    def _acceptances(self) -> None:
        for peering in self.scenario.peerings:
            if peering.state in ("active", "deleted"):
                self.ec2.accept_vpc_peering_connection(
                    VpcPeeringConnectionId=self.ids[peering.name]
                )

    def _instance(self, instance: Instance, image: str) -> None:
        groups = [self.ids[name] for name in instance.groups]
        own = [self.scenario.group(name) for name in instance.groups]
        made = self.ec2.run_instances(
            ImageId=image,
            InstanceType="t3.micro",
            MinCount=1,
            MaxCount=1,
            SubnetId=self.ids[instance.subnet],
            PrivateIpAddress=str(instance.addresses[0]),
            Ipv6AddressCount=len(instance.addresses) - 1,
            **({} if all(group.is_default for group in own) else {"SecurityGroupIds": groups}),
        )["Instances"][0]
        self.ids[instance.name] = made["InstanceId"]
        interface = made["NetworkInterfaces"][0]
        self.interfaces[interface["NetworkInterfaceId"]] = instance.name
        sixes = [item["Ipv6Address"] for item in interface["Ipv6Addresses"]]
        for address, real in zip(instance.addresses[1:], sixes, strict=True):
            self.theirs[address] = real
            self.theirs[ip_network(address)] = f"{real}/128"
        if instance.public is not None:
            allocation = self._elastic_address(instance.public)
            self.ec2.associate_address(AllocationId=allocation, InstanceId=made["InstanceId"])

    def _elastic_address(self, ours: Address) -> str:
        """Allocates an address, for one of the scenario; the id of the allocation."""
        made = self.ec2.allocate_address(Domain="vpc")
        self.theirs[ours] = made["PublicIp"]
        allocation: str = made["AllocationId"]
        return allocation

    def _nat(self, nat: Nat) -> None:
        connectivity = (
            {"ConnectivityType": "private"}
            if nat.public is None
            else {"AllocationId": self._elastic_address(nat.public)}
        )
        made = self.ec2.create_nat_gateway(
            SubnetId=self.ids[nat.subnet], PrivateIpAddress=str(nat.address), **connectivity
        )["NatGateway"]
        nat_id = self.ids[nat.name] = made["NatGatewayId"]
        self.ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat_id])
        [found] = self.ec2.describe_nat_gateways(NatGatewayIds=[nat_id])["NatGateways"]
        [address] = found["NatGatewayAddresses"]
        self.interfaces[address["NetworkInterfaceId"]] = nat.name

    def _transit_gateway(self) -> None:
        """The transit gateway, its attachments, and its tables with what is theirs."""
        own_tables = dict.fromkeys(
            ("DefaultRouteTableAssociation", "DefaultRouteTablePropagation"), "disable"
        )
        made = self.ec2.create_transit_gateway(Options=own_tables)["TransitGateway"]
        self.ids[TRANSIT] = made["TransitGatewayId"]
        for door in self.scenario.attachments:
            self._attachment(door)
        for table in self.scenario.transit_tables:
            self._transit_table(table)

    def _attachment(self, door: Attachment) -> None:
        vpc_id = self.ids[self.scenario.vpc_of(door)]
        made = self.ec2.create_transit_gateway_vpc_attachment(
            TransitGatewayId=self.ids[TRANSIT], VpcId=vpc_id, SubnetIds=[self.ids[door.subnet]]
        )["TransitGatewayVpcAttachment"]
        self.ids[door.name] = made["TransitGatewayAttachmentId"]
        [interface] = self.ec2.describe_network_interfaces(
            Filters=[
                {"Name": "vpc-id", "Values": [vpc_id]},
                {"Name": "interface-type", "Values": ["transit_gateway"]},
            ]
        )["NetworkInterfaces"]
        self.interfaces[interface["NetworkInterfaceId"]] = door.name
        self.theirs[door.address] = interface["PrivateIpAddress"]

    def _transit_table(self, table: TransitTable) -> None:
        made = self.ec2.create_transit_gateway_route_table(TransitGatewayId=self.ids[TRANSIT])
        table_id = made["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]
        for name in table.attachments:
            self.ec2.associate_transit_gateway_route_table(
                TransitGatewayRouteTableId=table_id, TransitGatewayAttachmentId=self.ids[name]
            )
        for destination, door in table.routes:
            way = {"TransitGatewayAttachmentId": self.ids[door]} if door else {"Blackhole": True}
            self.ec2.create_transit_gateway_route(
                TransitGatewayRouteTableId=table_id, DestinationCidrBlock=str(destination), **way
            )

    # Filters.

    def _group(self, group: Group) -> None:
        vpc_id = self.ids[group.vpc]
        if group.is_default:
            found = self.ec2.describe_security_groups(
                Filters=[
                    {"Name": "vpc-id", "Values": [vpc_id]},
                    {"Name": "group-name", "Values": ["default"]},
                ]
            )
            self.ids[group.name] = found["SecurityGroups"][0]["GroupId"]
            return
        made = self.ec2.create_security_group(
            GroupName=group.name, Description=group.name, VpcId=vpc_id
        )
        self.ids[group.name] = made["GroupId"]

    def _rules(self, group: Group) -> None:
        """The rules of a group that was born with those of its kind."""
        if group.is_default:
            return
        group_id = self.ids[group.name]
        born = self.ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]
        self.ec2.revoke_security_group_egress(
            GroupId=group_id, IpPermissions=born["IpPermissionsEgress"]
        )
        for rules, authorize in (
            (group.egress, self.ec2.authorize_security_group_egress),
            (group.ingress, self.ec2.authorize_security_group_ingress),
        ):
            permissions = [self._permission(rule) for rule in rules]
            one_by_one = [[each] for each in permissions]
            for part in one_by_one if self._sometimes() else filter(None, [permissions]):
                authorize(GroupId=group_id, IpPermissions=part)

    def _permission(self, rule: GroupRule) -> dict[str, Any]:
        ports = {} if rule.protocol == "-1" else {"FromPort": rule.first, "ToPort": rule.last}
        if isinstance(rule.peer, str):
            peer: dict[str, Any] = {"UserIdGroupPairs": [{"GroupId": self.ids[rule.peer]}]}
        elif rule.peer.version == 4:
            peer = {"IpRanges": [{"CidrIp": str(rule.peer)}]}
        else:
            peer = {"Ipv6Ranges": [{"CidrIpv6": self.real(rule.peer)}]}
        by_number = rule.protocol in _NUMBERS and self._sometimes()
        protocol = _NUMBERS[rule.protocol] if by_number else rule.protocol
        return {"IpProtocol": protocol, **ports, **peer}

    def _acl(self, acl: Acl) -> None:
        if acl.default:
            self._cleared_default_acl(acl)
        else:
            made = self.ec2.create_network_acl(VpcId=self.ids[acl.vpc])["NetworkAcl"]
            self.ids[acl.name] = made["NetworkAclId"]
        for entry in acl.entries:
            if self._sometimes():
                self._entry(self.ec2.create_network_acl_entry, acl, entry)
            else:
                opposite = replace(entry, allow=not entry.allow)
                self._entry(self.ec2.create_network_acl_entry, acl, opposite)
                self._entry(self.ec2.replace_network_acl_entry, acl, entry)

    def _cleared_default_acl(self, acl: Acl) -> None:
        [found] = self.ec2.describe_network_acls(
            Filters=[
                {"Name": "vpc-id", "Values": [self.ids[acl.vpc]]},
                {"Name": "default", "Values": ["true"]},
            ]
        )["NetworkAcls"]
        self.ids[acl.name] = found["NetworkAclId"]
        for entry in found["Entries"]:
            if entry["RuleNumber"] < _LAST_ENTRIES:
                self.ec2.delete_network_acl_entry(
                    NetworkAclId=found["NetworkAclId"],
                    RuleNumber=entry["RuleNumber"],
                    Egress=entry["Egress"],
                )

    def _entry(self, call: Callable[..., Any], acl: Acl, entry: AclEntry) -> None:
        details: dict[str, Any] = {}
        if entry.protocol in ("1", "58"):
            details["IcmpTypeCode"] = {"Type": entry.icmp_type, "Code": entry.icmp_code}
        if entry.protocol in ("6", "17"):
            details["PortRange"] = dict(zip(("From", "To"), entry.ports, strict=True))
        block = "CidrBlock" if entry.cidr.version == 4 else "Ipv6CidrBlock"
        call(
            NetworkAclId=self.ids[acl.name],
            RuleNumber=entry.number,
            Protocol=entry.protocol,
            RuleAction="allow" if entry.allow else "deny",
            Egress=entry.egress,
            **{block: self.real(entry.cidr)},
            **details,
        )

    # Ways.

    def _tables(self) -> None:
        for table in self.scenario.tables:
            self._table(table)

    def _table(self, table: RouteTable) -> None:
        vpc_id = self.ids[table.vpc]
        born = self._main_table(vpc_id)
        as_born = table.main and self._sometimes()
        made = born if as_born else self.ec2.create_route_table(VpcId=vpc_id)["RouteTable"]
        self.ids[table.name] = made["RouteTableId"]
        for route in table.routes:
            self._route(table, route)
        if table.main and not as_born:
            [association] = (each for each in born["Associations"] if each["Main"])
            self.ec2.replace_route_table_association(
                AssociationId=association["RouteTableAssociationId"],
                RouteTableId=self.ids[table.name],
            )

    def _main_table(self, vpc_id: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = self.ec2.describe_route_tables(
            Filters=[
                {"Name": "vpc-id", "Values": [vpc_id]},
                {"Name": "association.main", "Values": ["true"]},
            ]
        )["RouteTables"]
        return found[0]

    def _route(self, table: RouteTable, route: Route) -> None:
        others = [each.name for each in self.scenario.peerings_of(table.vpc)]
        wrong = self._chance.choice([route.target, *others])
        if wrong == route.target:
            self._to(self.ec2.create_route, table, route)
        else:
            self._to(self.ec2.create_route, table, replace(route, target=wrong))
            self._to(self.ec2.replace_route, table, route)

    def _to(self, call: Callable[..., Any], table: RouteTable, route: Route) -> None:
        four = route.destination.version == 4
        destination = "DestinationCidrBlock" if four else "DestinationIpv6CidrBlock"
        target = self._target(table, route.target)
        call(
            RouteTableId=self.ids[table.name],
            **{destination: self.real(route.destination)},
            **target,
        )

    def _target(self, table: RouteTable, target: str) -> dict[str, str]:
        if target == INTERNET:
            return {"GatewayId": self.ids[f"{INTERNET} {table.vpc}"]}
        if target == EGRESS_ONLY:
            return {"EgressOnlyInternetGatewayId": self.ids[f"{EGRESS_ONLY} {table.vpc}"]}
        if any(nat.name == target for nat in self.scenario.nats):
            return {"NatGatewayId": self.ids[target]}
        if target == TRANSIT:
            return {"TransitGatewayId": self.ids[TRANSIT]}
        return {"VpcPeeringConnectionId": self.ids[target]}

    def _associations(self) -> None:
        """Gives every subnet the table and the ACL that are not those of its VPC anyway."""
        for subnet in self.scenario.subnets:
            subnet_id = self.ids[subnet.name]
            if subnet.table is not None:
                self.ec2.associate_route_table(
                    RouteTableId=self.ids[subnet.table], SubnetId=subnet_id
                )
            if subnet.acl is not None:
                self.ec2.replace_network_acl_association(
                    AssociationId=self._acl_association(subnet_id),
                    NetworkAclId=self.ids[subnet.acl],
                )

    def _acl_association(self, subnet_id: str) -> str:
        found = self.ec2.describe_network_acls(
            Filters=[{"Name": "association.subnet-id", "Values": [subnet_id]}]
        )
        association: str
        (association,) = (
            item["NetworkAclAssociationId"]
            for acl in found["NetworkAcls"]
            for item in acl["Associations"]
            if item["SubnetId"] == subnet_id
        )
        return association

    def _take_down(self) -> None:
        """Ends what has to have lived for routes and rules to be able to name it."""
        for peering in self.scenario.peerings:
            peering_id = self.ids[peering.name]
            if peering.state == "deleted":
                self.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=peering_id)
            if peering.state == "rejected":
                self.ec2.reject_vpc_peering_connection(VpcPeeringConnectionId=peering_id)
        for nat in self.scenario.nats:
            if nat.deleted:
                self.ec2.delete_nat_gateway(NatGatewayId=self.ids[nat.name])
        for vpc in self.scenario.vpcs:
            if vpc.egress_only == "deleted":
                self.ec2.delete_egress_only_internet_gateway(
                    EgressOnlyInternetGatewayId=self.ids[f"{EGRESS_ONLY} {vpc.name}"]
                )
            if vpc.gateway == "detached":
                self.ec2.detach_internet_gateway(
                    InternetGatewayId=self.ids[f"{INTERNET} {vpc.name}"], VpcId=self.ids[vpc.name]
                )

    # Evidence.

    def _flow_logs(self) -> None:
        self.logs.create_log_group(logGroupName=LOG_GROUP)
        trust = _policy(
            {"Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Action": "sts:AssumeRole"}
        )
        role = self.iam.create_role(RoleName="delivery", AssumeRolePolicyDocument=trust)["Role"]
        self.iam.put_role_policy(
            RoleName="delivery",
            PolicyName="delivery",
            PolicyDocument=_policy({"Action": "logs:*", "Resource": "*"}),
        )
        kind, watched = self._chance.choice(
            [("VPC", self.scenario.vpcs), ("Subnet", self.scenario.subnets)]
        )
        made = self.ec2.create_flow_logs(
            ResourceType=kind,
            ResourceIds=[self.ids[each.name] for each in watched],
            TrafficType="ALL",
            LogGroupName=LOG_GROUP,
            DeliverLogsPermissionArn=role["Arn"],
            MaxAggregationInterval=INTERVAL_S,
            LogFormat=" ".join(f"${{{field}}}" for field in FIELDS),
        )
        assert made["Unsuccessful"] == []

    def real(self, ours: Network | Address) -> str:
        """A range or an address as this account has it."""
        return self.theirs.get(ours, str(ours))


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})
