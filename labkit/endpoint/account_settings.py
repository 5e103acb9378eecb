"""
Settings of an account in a Region as they are while nobody has changed them.

Changing one is an error that says it is not simulated; tools that take stock ask for all.

Source: EC2 API Reference, the operations named here, and what their guides call the default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.operations import operation

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call

DEFAULTS: Final[dict[str, dict[str, Any]]] = {
    "DescribeVpcBlockPublicAccessOptions": {
        "VpcBlockPublicAccessOptions": {
            "State": "default-state",
            "InternetGatewayBlockMode": "off",
            "ExclusionsAllowed": "allowed",
        }
    },
    "GetAllowedImagesSettings": {"State": "disabled"},
    "GetImageBlockPublicAccessState": {"ImageBlockPublicAccessState": "block-new-sharing"},
    "GetInstanceMetadataDefaults": {"AccountLevel": {}},
    "GetSerialConsoleAccessStatus": {"SerialConsoleAccessEnabled": False},
    "GetSnapshotBlockPublicAccessState": {"State": "unblocked"},
}
"""The answer of each operation of EC2."""


def default(call: Call) -> dict[str, Any]:
    """The setting that AWS begins with."""
    return DEFAULTS[call.operation]


for _name in DEFAULTS:
    operation("ec2", _name)(default)
