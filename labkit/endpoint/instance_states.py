"""
What cannot be done to an instance that has ended.

moto brings ended instances back to life, and trips over the interfaces they no longer have.

Source: Amazon EC2 User Guide, "Amazon EC2 instance state changes"; words of
refusals as AWS was seen to use them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.endpoint.operations import AwsError, before

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call

_ENDED: Final = ("shutting-down", "terminated")
_DONE: Final = {
    "AttachNetworkInterface": "given an interface",
    "ModifyInstanceAttribute": "modified",
    "RebootInstances": "rebooted",
    "StartInstances": "started",
    "StopInstances": "stopped",
}
"""What each operation would have done."""


def refuse_ended_instances(call: Call) -> None:
    """Refuse to do anything with an instance that has ended."""
    one = call.params.get("InstanceId")
    asked = [one] if one else call.params.get("InstanceIds", [])
    for instance in call.backend.get_multi_instances_by_id(asked):
        if instance.state in _ENDED:
            raise AwsError(
                "IncorrectInstanceState",
                f"The instance '{instance.id}' is not in a state from which it can be "
                f"{_DONE[call.operation]}.",
            )


for _name in _DONE:
    before("ec2", _name)(refuse_ended_instances)
