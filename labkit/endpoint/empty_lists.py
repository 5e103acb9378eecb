"""
Lists of what cannot be made in the lab: there is none of it, and that is all a caller can know.

Tools that look at a whole account ask for these; making one is an error that says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.moto_seam.protocols import operation_model
from labkit.endpoint.operations import operation

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call

LISTS: Final[dict[str, tuple[str, ...]]] = {
    "cloudwatch": (
        "DescribeAnomalyDetectors",
        "ListAlarmMuteRules",
        "ListManagedInsightRules",
        "ListMetricStreams",
    ),
    "ec2": (
        "DescribeAddressTransfers",
        "DescribeAwsNetworkPerformanceMetricSubscriptions",
        "DescribeBundleTasks",
        "DescribeByoipCidrs",
        "DescribeCapacityReservations",
        "DescribeClientVpnEndpoints",
        "DescribeCoipPools",
        "DescribeConversionTasks",
        "DescribeElasticGpus",
        "DescribeExportImageTasks",
        "DescribeExportTasks",
        "DescribeFastLaunchImages",
        "DescribeFastSnapshotRestores",
        "DescribeFpgaImages",
        "DescribeHostReservations",
        "DescribeImportImageTasks",
        "DescribeImportSnapshotTasks",
        "DescribeInstanceConnectEndpoints",
        "DescribeInstanceEventWindows",
        "DescribeIpamPools",
        "DescribeIpamResourceDiscoveries",
        "DescribeIpamResourceDiscoveryAssociations",
        "DescribeIpamScopes",
        "DescribeIpams",
        "DescribeIpv6Pools",
        "DescribeLocalGatewayRouteTables",
        "DescribeLocalGatewayVirtualInterfaceGroups",
        "DescribeLocalGateways",
        "DescribeLockedSnapshots",
        "DescribeMovingAddresses",
        "DescribeNetworkInterfacePermissions",
        "DescribePlacementGroups",
        "DescribePublicIpv4Pools",
        "DescribeReplaceRootVolumeTasks",
        "DescribeReservedInstances",
        "DescribeReservedInstancesModifications",
        "DescribeRouteServerEndpoints",
        "DescribeRouteServerPeers",
        "DescribeRouteServers",
        "DescribeScheduledInstances",
        "DescribeSecurityGroupVpcAssociations",
        "DescribeStoreImageTasks",
        "DescribeTrafficMirrorFilterRules",
        "DescribeTransitGatewayConnectPeers",
        "DescribeTransitGatewayConnects",
        "DescribeTransitGatewayMulticastDomains",
        "DescribeTransitGatewayPolicyTables",
        "DescribeTransitGatewayRouteTableAnnouncements",
        "DescribeTrunkInterfaceAssociations",
        "DescribeVerifiedAccessEndpoints",
        "DescribeVerifiedAccessGroups",
        "DescribeVerifiedAccessInstances",
        "DescribeVerifiedAccessTrustProviders",
        "DescribeVpcBlockPublicAccessExclusions",
        "DescribeVpcEncryptionControls",
        "DescribeVpcEndpointAssociations",
        "DescribeVpcEndpointConnectionNotifications",
        "DescribeVpcEndpointConnections",
        "DescribeVpnConcentrators",
        "GetTransitGatewayPrefixListReferences",
        "ListImagesInRecycleBin",
        "ListSnapshotsInRecycleBin",
        "ListVolumesInRecycleBin",
    ),
    "lambda": (
        "ListCodeSigningConfigs",
        "ListEventSourceMappings",
        "ListFunctionUrlConfigs",
        "ListLayerVersions",
        "ListLayers",
        "ListCapacityProviders",
        "ListProvisionedConcurrencyConfigs",
    ),
    "logs": (
        "DescribeAccountPolicies",
        "DescribeConfigurationTemplates",
        "DescribeFieldIndexes",
        "DescribeImportTasks",
        "DescribeIndexPolicies",
        "DescribeLookupTables",
        "ListAnomalies",
        "ListIntegrations",
        "ListLogAnomalyDetectors",
        "ListSyslogConfigurations",
    ),
    "sns": ("ListOriginationNumbers", "ListSMSSandboxPhoneNumbers"),
    "sqs": ("ListMessageMoveTasks",),
    "ssm": (
        "DescribeAutomationExecutions",
        "DescribeOpsItems",
        "DescribePatchGroups",
        "ListAssociations",
        "ListComplianceItems",
        "ListComplianceSummaries",
        "ListResourceComplianceSummaries",
    ),
}
"""The operations of each service."""


def none_of(call: Call) -> dict[str, Any]:
    """An empty list, as the one that the operation's answer has."""
    members = operation_model(call.service, call.operation).output_shape.members
    return {name: [] for name, member in members.items() if member.type_name == "list"}


for _service, _names in LISTS.items():
    for _name in _names:
        operation(_service, _name)(none_of)
