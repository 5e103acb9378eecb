"""Settings of an account that nobody has changed."""

from __future__ import annotations

from typing import Any


def test_settings_of_an_account_are_those_that_aws_begins_with(ec2: Any):
    assert ec2.get_serial_console_access_status()["SerialConsoleAccessEnabled"] is False
    assert ec2.get_snapshot_block_public_access_state()["State"] == "unblocked"
    images = ec2.get_image_block_public_access_state()["ImageBlockPublicAccessState"]
    assert images == "block-new-sharing"
    assert "HttpTokens" not in ec2.get_instance_metadata_defaults().get("AccountLevel", {})
    options = ec2.describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"]
    assert options["InternetGatewayBlockMode"] == "off"
    assert ec2.get_allowed_images_settings()["State"] == "disabled"
