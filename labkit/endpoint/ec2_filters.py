"""
The filters of EC2's lists that moto lacks, and where the answers hold what they look at.

Source: Amazon EC2 API Reference, the filters of each Describe action.
"""

from __future__ import annotations

from typing import Final

PATHS: Final[dict[str, dict[str, str]]] = {
    "DescribeVpcs": {"dhcp-options-id": "DhcpOptionsId"},
    "DescribeSubnets": {
        "ipv6-cidr-block-association.association-id": "Ipv6CidrBlockAssociationSet.AssociationId",
        "ipv6-cidr-block-association.ipv6-cidr-block": "Ipv6CidrBlockAssociationSet.Ipv6CidrBlock",
        "ipv6-cidr-block-association.state": "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State",
        "subnet-arn": "SubnetArn",
    },
    "DescribeRouteTables": {
        "association.gateway-id": "Associations.GatewayId",
        "route.destination-ipv6-cidr-block": "Routes.DestinationIpv6CidrBlock",
        "route.destination-prefix-list-id": "Routes.DestinationPrefixListId",
        "route.egress-only-internet-gateway-id": "Routes.EgressOnlyInternetGatewayId",
        "route.gateway-id": "Routes.GatewayId",
        "route.instance-id": "Routes.InstanceId",
        "route.origin": "Routes.Origin",
        "route.state": "Routes.State",
    },
    "DescribeNetworkAcls": {
        "entry.icmp.code": "Entries.IcmpTypeCode.Code",
        "entry.icmp.type": "Entries.IcmpTypeCode.Type",
        "entry.ipv6-cidr": "Entries.Ipv6CidrBlock",
        "entry.port-range.from": "Entries.PortRange.From",
        "entry.port-range.to": "Entries.PortRange.To",
        "network-acl-id": "NetworkAclId",
    },
    "DescribeSecurityGroups": {
        "egress.ip-permission.ipv6-cidr": "IpPermissionsEgress.Ipv6Ranges.CidrIpv6",
        "egress.ip-permission.prefix-list-id": "IpPermissionsEgress.PrefixListIds.PrefixListId",
        "ip-permission.ipv6-cidr": "IpPermissions.Ipv6Ranges.CidrIpv6",
        "ip-permission.prefix-list-id": "IpPermissions.PrefixListIds.PrefixListId",
    },
    "DescribeNetworkInterfaces": {
        "addresses.association.public-ip": "PrivateIpAddresses.Association.PublicIp",
        "addresses.primary": "PrivateIpAddresses.Primary",
        "association.allocation-id": "Association.AllocationId",
        "association.association-id": "Association.AssociationId",
        "association.public-ip": "Association.PublicIp",
        "attachment.delete-on-termination": "Attachment.DeleteOnTermination",
        "attachment.device-index": "Attachment.DeviceIndex",
        "attachment.status": "Attachment.Status",
        "ipv6-addresses.ipv6-address": "Ipv6Addresses.Ipv6Address",
        "private-dns-name": "PrivateDnsName",
    },
    "DescribeInstances": {
        "client-token": "ClientToken",
        "instance-state-code": "State.Code",
        "ipv6-address": "NetworkInterfaces.Ipv6Addresses.Ipv6Address",
        "network-interface.addresses.private-ip-address": (
            "NetworkInterfaces.PrivateIpAddresses.PrivateIpAddress"
        ),
        "network-interface.association.public-ip": "NetworkInterfaces.Association.PublicIp",
        "network-interface.attachment.device-index": "NetworkInterfaces.Attachment.DeviceIndex",
        "network-interface.group-id": "NetworkInterfaces.Groups.GroupId",
        "network-interface.ipv6-addresses.ipv6-address": (
            "NetworkInterfaces.Ipv6Addresses.Ipv6Address"
        ),
        "network-interface.network-interface-id": "NetworkInterfaces.NetworkInterfaceId",
        "network-interface.private-ip-address": "NetworkInterfaces.PrivateIpAddress",
        "network-interface.status": "NetworkInterfaces.Status",
        "network-interface.subnet-id": "NetworkInterfaces.SubnetId",
        "network-interface.vpc-id": "NetworkInterfaces.VpcId",
    },
    "DescribeAddresses": {
        "allocation-id": "AllocationId",
        "association-id": "AssociationId",
        "domain": "Domain",
        "instance-id": "InstanceId",
        "network-border-group": "NetworkBorderGroup",
        "network-interface-id": "NetworkInterfaceId",
        "network-interface-owner-id": "NetworkInterfaceOwnerId",
        "private-ip-address": "PrivateIpAddress",
        "public-ip": "PublicIp",
    },
    "DescribeInternetGateways": {"owner-id": "OwnerId"},
    "DescribeNatGateways": {
        "nat-gateway-id": "NatGatewayId",
        "state": "State",
        "subnet-id": "SubnetId",
        "vpc-id": "VpcId",
    },
    "DescribeEgressOnlyInternetGateways": {},
    "DescribeVpcEndpoints": {
        "ip-address-type": "IpAddressType",
        "service-name": "ServiceName",
        "vpc-endpoint-id": "VpcEndpointId",
        "vpc-endpoint-state": "State",
        "vpc-endpoint-type": "VpcEndpointType",
        "vpc-id": "VpcId",
    },
    "DescribePrefixLists": {
        "prefix-list-id": "PrefixListId",
        "prefix-list-name": "PrefixListName",
    },
    "DescribeManagedPrefixLists": {
        "owner-id": "OwnerId",
        "prefix-list-id": "PrefixListId",
        "prefix-list-name": "PrefixListName",
    },
    "DescribeNetworkInsightsPaths": {
        "destination": "Destination",
        "filter-at-destination.destination-address": "FilterAtDestination.DestinationAddress",
        "filter-at-destination.source-address": "FilterAtDestination.SourceAddress",
        "filter-at-source.destination-address": "FilterAtSource.DestinationAddress",
        "filter-at-source.source-address": "FilterAtSource.SourceAddress",
        "protocol": "Protocol",
        "source": "Source",
    },
    "DescribeNetworkInsightsAnalyses": {
        "path-found": "NetworkPathFound",
        "status": "Status",
    },
    "DescribeTransitGateways": {
        "options.amazon-side-asn": "Options.AmazonSideAsn",
        "options.association-default-route-table-id": "Options.AssociationDefaultRouteTableId",
        "options.auto-accept-shared-attachments": "Options.AutoAcceptSharedAttachments",
        "options.default-route-table-association": "Options.DefaultRouteTableAssociation",
        "options.default-route-table-propagation": "Options.DefaultRouteTablePropagation",
        "options.dns-support": "Options.DnsSupport",
        "options.propagation-default-route-table-id": "Options.PropagationDefaultRouteTableId",
        "options.vpn-ecmp-support": "Options.VpnEcmpSupport",
        "owner-id": "OwnerId",
        "state": "State",
        "transit-gateway-id": "TransitGatewayId",
    },
    "DescribeTransitGatewayAttachments": {
        "association.state": "Association.State",
        "association.transit-gateway-route-table-id": "Association.TransitGatewayRouteTableId",
        "resource-id": "ResourceId",
        "resource-owner-id": "ResourceOwnerId",
        "resource-type": "ResourceType",
        "state": "State",
        "transit-gateway-attachment-id": "TransitGatewayAttachmentId",
        "transit-gateway-id": "TransitGatewayId",
        "transit-gateway-owner-id": "TransitGatewayOwnerId",
    },
    "DescribeTransitGatewayVpcAttachments": {
        "state": "State",
        "transit-gateway-attachment-id": "TransitGatewayAttachmentId",
        "transit-gateway-id": "TransitGatewayId",
        "vpc-id": "VpcId",
    },
    "DescribeTransitGatewayRouteTables": {
        "default-association-route-table": "DefaultAssociationRouteTable",
        "default-propagation-route-table": "DefaultPropagationRouteTable",
        "state": "State",
        "transit-gateway-id": "TransitGatewayId",
        "transit-gateway-route-table-id": "TransitGatewayRouteTableId",
    },
    "GetTransitGatewayAttachmentPropagations": {
        "transit-gateway-route-table-id": "TransitGatewayRouteTableId",
    },
    "GetTransitGatewayRouteTableAssociations": {
        "resource-id": "ResourceId",
        "resource-type": "ResourceType",
        "transit-gateway-attachment-id": "TransitGatewayAttachmentId",
    },
    "DescribeVolumeStatus": {
        "action.code": "Actions.Code",
        "action.description": "Actions.Description",
        "action.event-id": "Actions.EventId",
        "availability-zone": "AvailabilityZone",
        "event.description": "Events.Description",
        "event.event-id": "Events.EventId",
        "event.event-type": "Events.EventType",
        "volume-status.details-name": "VolumeStatus.Details.Name",
        "volume-status.details-status": "VolumeStatus.Details.Status",
        "volume-status.status": "VolumeStatus.Status",
    },
    "GetSecurityGroupsForVpc": {
        "description": "Description",
        "group-id": "GroupId",
        "group-name": "GroupName",
        "owner-id": "OwnerId",
        "primary-vpc-id": "PrimaryVpcId",
    },
    "DescribeTags": {
        "key": "Key",
        "resource-id": "ResourceId",
        "resource-type": "ResourceType",
        "value": "Value",
    },
    "GetTransitGatewayRouteTablePropagations": {
        "resource-id": "ResourceId",
        "resource-type": "ResourceType",
        "transit-gateway-attachment-id": "TransitGatewayAttachmentId",
    },
}
"""Where the value of a filter stands in one item of a list; lists on the way are gone through."""

OWN: Final = frozenset(
    {
        "DescribeAddresses",
        "DescribeEgressOnlyInternetGateways",
        "DescribeManagedPrefixLists",
        "DescribeNatGateways",
        "DescribeNetworkInsightsAnalyses",
        "DescribeNetworkInsightsPaths",
        "DescribePrefixLists",
        "DescribeTags",
        "DescribeTransitGatewayAttachments",
        "DescribeTransitGatewayRouteTables",
        "DescribeTransitGatewayVpcAttachments",
        "DescribeTransitGateways",
        "DescribeVolumeStatus",
        "DescribeVpcEndpoints",
        "GetSecurityGroupsForVpc",
        "GetTransitGatewayAttachmentPropagations",
        "GetTransitGatewayRouteTableAssociations",
        "GetTransitGatewayRouteTablePropagations",
    }
)
"""Lists whose filters are all ours: moto passes over those of them that it does not know."""
