"""Instances and volumes tell how they are watched and that they fare well."""

from __future__ import annotations

import pytest


@pytest.fixture
def instance(ec2, two_vpcs):
    """The id of an instance."""
    subnet = ec2.create_subnet(VpcId=two_vpcs[0], CidrBlock="10.1.1.0/24")["Subnet"]["SubnetId"]
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    asked = {"ImageId": image, "InstanceType": "t3.micro", "SubnetId": subnet}
    [made] = ec2.run_instances(MinCount=1, MaxCount=1, **asked)["Instances"]
    return made["InstanceId"]


def test_detailed_monitoring_can_be_had_and_given_up(ec2, instance):
    def answered(call):
        [shown] = call(InstanceIds=[instance])["InstanceMonitorings"]
        assert shown["InstanceId"] == instance
        return shown["Monitoring"]["State"]

    def described():
        [reservation] = ec2.describe_instances(InstanceIds=[instance])["Reservations"]
        return reservation["Instances"][0]["Monitoring"]["State"]

    assert described() == "disabled"
    assert answered(ec2.monitor_instances) == "pending"
    assert (described(), answered(ec2.monitor_instances)) == ("enabled", "enabled")
    assert answered(ec2.unmonitor_instances) == "disabling"
    assert described() == "disabled"


def test_only_what_is_there_can_be_watched(ec2, refusal):
    missing = ["i-0123456789abcdef0"]
    code, _ = refusal(ec2.monitor_instances, InstanceIds=missing)
    assert code == "InvalidInstanceID.NotFound"


def test_volumes_pass_their_checks(ec2, instance, refusal):
    [volume] = ec2.describe_volumes(
        Filters=[{"Name": "attachment.instance-id", "Values": [instance]}]
    )["Volumes"]
    [shown] = ec2.describe_volume_status(VolumeIds=[volume["VolumeId"]])["VolumeStatuses"]

    checks = {each["Name"]: each["Status"] for each in shown["VolumeStatus"]["Details"]}
    assert shown["VolumeStatus"]["Status"] == "ok"
    assert checks == {"io-enabled": "passed", "io-performance": "not-applicable"}
    impaired = [{"Name": "volume-status.status", "Values": ["impaired"]}]
    assert ec2.describe_volume_status(Filters=impaired)["VolumeStatuses"] == []
    code, _ = refusal(ec2.describe_volume_status, VolumeIds=["vol-0123456789abcdef0"])
    assert code == "InvalidVolume.NotFound"


def test_every_attribute_of_the_model_is_told(ec2, instance):
    model = ec2.meta.service_model.operation_model("DescribeInstanceAttribute")
    for name in model.input_shape.members["Attribute"].enum:
        answer = ec2.describe_instance_attribute(InstanceId=instance, Attribute=name)
        assert answer["InstanceId"] == instance, name
    ena = ec2.describe_instance_attribute(InstanceId=instance, Attribute="enaSupport")
    assert ena["EnaSupport"] == {"Value": True}


def test_what_has_ended_stays_ended(ec2, instance, refusal):
    [subnet] = {
        each["SubnetId"]
        for each in ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"]
    }
    made = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]
    ec2.terminate_instances(InstanceIds=[instance])
    words = f"The instance '{instance}' is not in a state from which it can be"

    for call, word, asked in (
        (ec2.start_instances, "started", {"InstanceIds": [instance]}),
        (ec2.stop_instances, "stopped", {"InstanceIds": [instance]}),
        (ec2.reboot_instances, "rebooted", {"InstanceIds": [instance]}),
        (ec2.modify_instance_attribute, "modified", {"InstanceId": instance, "Groups": ["sg-1"]}),
        (
            ec2.attach_network_interface,
            "given an interface",
            {
                "InstanceId": instance,
                "NetworkInterfaceId": made["NetworkInterfaceId"],
                "DeviceIndex": 1,
            },
        ),
    ):
        assert ("IncorrectInstanceState", f"{words} {word}.") == refusal(call, **asked)


def test_what_has_ended_can_be_ended_again(ec2, instance):
    def ended():
        [shown] = ec2.terminate_instances(InstanceIds=[instance])["TerminatingInstances"]
        return shown["PreviousState"]["Name"]

    assert ended() == "running"
    assert ended() == "terminated"
