"""
Dry runs of EC2: the answer says that the call would do, and nothing is done.

moto knows them for some operations only.  Nobody in the lab lacks a
permission, and that is all that a dry run asks about.

Source: Amazon EC2 API Reference, "Common query parameters", DryRun.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.endpoint.operations import AwsError, before

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call


@before("ec2", "*")
def end_dry_run(call: Call) -> None:
    """Refuse a dry run as AWS does when the caller may do what it asks."""
    if call.params.get("DryRun"):
        message = "Request would have succeeded, but DryRun flag is set."
        raise AwsError("DryRunOperation", message, 412)
