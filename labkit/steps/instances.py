"""Step 3: one instance in each subnet, with a private address we choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.steps.plan import SIDES

if TYPE_CHECKING:
    from labkit.lab import CloudLab
    from labkit.steps.plan import Side

INSTANCE_TYPE: Final = "t3.micro"
# The public SSM parameter that always names the newest Amazon Linux image of a Region.
IMAGE_PARAMETER: Final = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"


def build(lab: CloudLab) -> dict[str, str]:
    """The id of each instance by its name; launches those that are missing and waits for them."""
    ids = {side.instance: lab.find("instance", side.instance) for side in SIDES}
    missing = [side for side in SIDES if ids[side.instance] is None]
    image = image_id(lab) if missing else ""
    ids |= {side.instance: launch(lab, side, image) for side in missing}
    built = {name: instance_id for name, instance_id in ids.items() if instance_id is not None}
    lab.ec2.get_waiter("instance_running").wait(InstanceIds=list(built.values()))
    return built


def image_id(lab: CloudLab) -> str:
    """The newest Amazon Linux image of the Region."""
    found: str = lab.ssm.get_parameter(Name=IMAGE_PARAMETER)["Parameter"]["Value"]
    return found


def launch(lab: CloudLab, side: Side, image: str) -> str:
    """The id of a new instance in one side's subnet."""
    launched = lab.ec2.run_instances(
        ImageId=image,
        InstanceType=INSTANCE_TYPE,
        MinCount=1,
        MaxCount=1,
        SubnetId=lab.require("subnet", side.subnet, step="subnets"),
        PrivateIpAddress=side.instance_address,
        TagSpecifications=lab.tags.specification("instance", side.instance),
    )
    instance_id: str = launched["Instances"][0]["InstanceId"]
    return instance_id
