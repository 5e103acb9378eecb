"""
How instances and their volumes are watched, and how they fare: nothing ever fails here.

moto has none of these operations, and knows not all attributes of an instance.

Source: Amazon EC2 API Reference, MonitorInstances, UnmonitorInstances,
DescribeVolumeStatus and DescribeInstanceAttribute; Amazon EBS User Guide,
"Amazon EBS volume status checks".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.operations import operation

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call, MotoObject, Params

_PROVISIONED: Final = ("io1", "io2")
"""Types of volumes whose performance AWS checks as well."""


@operation("ec2", "MonitorInstances")
def monitor(call: Call) -> dict[str, Any]:
    """What becomes of the monitoring of each instance; whoever looks afterwards finds it so."""
    return _monitored(call, "enabled", "pending")


@operation("ec2", "UnmonitorInstances")
def unmonitor(call: Call) -> dict[str, Any]:
    """What becomes of the monitoring of each instance; whoever looks afterwards finds it so."""
    return _monitored(call, "disabled", "disabling")


@operation("ec2", "DescribeVolumeStatus")
def describe_volume_status(call: Call) -> dict[str, Any]:
    """Volumes with the checks of each, which are passed."""
    asked = {"VolumeIds": call.params["VolumeIds"]} if "VolumeIds" in call.params else {}
    volumes = call.aws.invoke("ec2", "DescribeVolumes", region=call.region, **asked)["Volumes"]
    return {"VolumeStatuses": [_status(each) for each in volumes]}


@operation("ec2", "DescribeInstanceAttribute")
def describe_instance_attribute(call: Call) -> dict[str, Any]:
    """One attribute of an instance."""
    of_ours = _ATTRIBUTES.get(call.params["Attribute"])
    if of_ours is None:
        return call.forward()
    instance = call.backend.get_instance(call.params["InstanceId"])
    return {"InstanceId": instance.id, **of_ours(call, instance)}


def _monitored(call: Call, state: str, meanwhile: str) -> dict[str, Any]:
    shown = []
    for instance in call.backend.get_multi_instances_by_id(call.params["InstanceIds"]):
        answer = state if instance.monitoring_state == state else meanwhile
        instance.monitoring_state = state
        shown.append({"InstanceId": instance.id, "Monitoring": {"State": answer}})
    return {"InstanceMonitorings": shown}


def _status(volume: Params) -> dict[str, Any]:
    performance = "normal" if volume["VolumeType"] in _PROVISIONED else "not-applicable"
    checks = {"io-enabled": "passed", "io-performance": performance}
    details = [{"Name": name, "Status": status} for name, status in checks.items()]
    return {
        "Actions": [],
        "AvailabilityZone": volume["AvailabilityZone"],
        "Events": [],
        "VolumeId": volume["VolumeId"],
        "VolumeStatus": {"Details": details, "Status": "ok"},
    }


def _ena_support(call: Call, instance: MotoObject) -> dict[str, Any]:
    asked = [instance.instance_type]
    found = call.aws.invoke("ec2", "DescribeInstanceTypes", region=call.region, InstanceTypes=asked)
    [of_type] = found["InstanceTypes"]
    return {"EnaSupport": {"Value": of_type["NetworkInfo"]["EnaSupport"] != "unsupported"}}


def _enclave_options(_: Call, __: MotoObject) -> dict[str, Any]:
    return {"EnclaveOptions": {"Enabled": False}}


_ATTRIBUTES: Final = {"enaSupport": _ena_support, "enclaveOptions": _enclave_options}
"""The attributes that moto does not know, and who answers."""
