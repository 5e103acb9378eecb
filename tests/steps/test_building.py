"""Every step can be run twice, resumed half-way, and taken down again."""

from __future__ import annotations

from collections import Counter

import pytest

from labkit import Lab
from labkit.errors import LabError, NameNotFound, StepOutOfOrder
from labkit.lab.tags import KINDS
from labkit.steps import ALL_STEPS, EXTRAS, MANAGEMENT, STEPS, steps_through
from labkit.steps.teardown import remaining, teardown

BUILDING_STEPS = [name for name in STEPS if name not in ("connectivity", MANAGEMENT)]
ALL_OF_IT = {
    "vpc": 2,
    "subnet": 2,
    "route-table": 2,
    "security-group": 2,
    "network-acl": 0,
    "instance": 2,
    "vpc-peering-connection": 1,
    "vpc-endpoint": 0,
    "internet-gateway": 0,
    "egress-only-internet-gateway": 0,
    "natgateway": 0,
    "elastic-ip": 0,
    "transit-gateway": 0,
    "transit-gateway-attachment": 0,
    "vpc-flow-log": 2,
    "scheduled-query": 0,
    "function": 0,
    "alarm": 0,
    "topic": 0,
    "queue": 0,
    "log-group": 1,
    "parameter": 0,
    "instance-profile": 0,
    "role": 1,
}
NOTHING = dict.fromkeys(ALL_OF_IT, 0)


def _build_everything(lab):
    for name in BUILDING_STEPS:
        STEPS[name](lab)


@pytest.mark.parametrize("step", [*BUILDING_STEPS, *EXTRAS])
def test_a_step_run_twice_finds_what_it_made(lab, step):
    for name in steps_through(step):
        first = ALL_STEPS[name](lab)

    assert first == ALL_STEPS[step](lab)


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_stands_on_the_whole_chain_and_on_no_other_extra(extra):
    assert [*steps_through("flow_logs"), extra] == steps_through(extra)


@pytest.mark.parametrize("extra", EXTRAS)
def test_teardown_leaves_nothing_of_an_extra(extra):
    lab = Lab.open(through=extra)
    teardown(lab)

    assert remaining(lab) == NOTHING


def test_a_built_lab_holds_exactly_what_the_plan_says(built_lab):
    assert remaining(built_lab) == ALL_OF_IT


def test_a_build_cut_off_at_any_point_is_completed_by_the_next(cut_off):
    survivors, lab = 0, Lab.open()
    while not cut_off(lab, survivors, lambda lab=lab: _build_everything(lab)):
        _build_everything(lab)

        assert remaining(lab) == ALL_OF_IT, f"cut off after {survivors} changes"
        assert lab.walk("app-a", "app-b")[0].answered
        survivors, lab = survivors + 1, Lab.open()
    assert survivors > len(BUILDING_STEPS)


def test_teardown_of_a_lab_cut_off_at_any_point_leaves_nothing(cut_off):
    survivors, whole = 0, False
    while not whole:
        lab = Lab.open()
        whole = cut_off(lab, survivors, lambda lab=lab: _build_everything(lab))
        teardown(lab)

        assert remaining(lab) == NOTHING, f"cut off after {survivors} changes"
        survivors += 3
    assert survivors > len(BUILDING_STEPS)


@pytest.mark.parametrize("extra", ["gateways", "transit"])
def test_an_extra_cut_off_half_way_is_completed_and_taken_down(built_lab, cut_off, extra):
    for survivors in (2, 7, 5):
        cut_off(built_lab, survivors, lambda: EXTRAS[extra](built_lab))
    built = EXTRAS[extra](built_lab)

    assert built == EXTRAS[extra](built_lab)
    assert set(teardown(built_lab)) == set(NOTHING)
    assert remaining(built_lab) == NOTHING


def test_a_failed_nat_gateway_is_told_with_awss_reason(built_lab):
    EXTRAS["gateways"](built_lab)
    ec2 = built_lab.ec2
    ec2.delete_nat_gateway(NatGatewayId=built_lab.find("natgateway", "nat-a"))
    taken = built_lab.find("elastic-ip", "nat-address-a")
    web = built_lab.find("instance", "web-a")
    ec2.associate_address(AllocationId=taken, InstanceId=web)

    with pytest.raises(LabError, match="is failed: .* is already associated"):
        EXTRAS["gateways"](built_lab)


def test_teardown_leaves_nothing_of_a_whole_lab_and_can_run_twice(built_lab):
    before = remaining(built_lab)

    assert before == teardown(built_lab)
    assert remaining(built_lab) == NOTHING
    assert teardown(built_lab) == NOTHING


def test_teardown_touches_nothing_that_is_not_the_labs(built_lab):
    ec2 = built_lab.ec2
    stranger = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    others = Counter(vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc.get("Tags"))
    teardown(built_lab)

    assert stranger in others
    assert others == Counter(vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"])


def test_two_labs_of_different_names_on_one_cloud_do_not_see_each_other(built_lab):
    second = built_lab.on_same_cloud("second")
    second.build("subnets")
    second.teardown()

    assert remaining(second) == NOTHING
    assert remaining(built_lab) == ALL_OF_IT


@pytest.mark.parametrize(
    ("step", "missing"),
    [
        ("subnets", "vpcs"),
        ("instances", "subnets"),
        ("security_groups", "vpcs"),
        ("peering", "vpcs"),
        ("routes", "peering"),
        ("flow_logs", "vpcs"),
    ],
)
def test_a_step_out_of_order_names_the_step_to_build_first(lab, step, missing):
    if step == "flow_logs":
        STEPS["iam"](lab)
    with pytest.raises(StepOutOfOrder, match=f'lab.build\\("{missing}"\\)'):
        STEPS[step](lab)


def test_flow_logs_without_their_role_ask_for_it(lab):
    STEPS["vpcs"](lab)
    with pytest.raises(StepOutOfOrder, match='lab.build\\("iam"\\)'):
        STEPS["flow_logs"](lab)


def test_an_unknown_step_is_answered_with_the_known_ones(lab):
    with pytest.raises(NameNotFound, match="gateways, .*routes"):
        lab.build("route")


def test_routes_that_lead_elsewhere_are_pointed_back(built_lab):
    ec2 = built_lab.ec2
    table_id = built_lab.find("route-table", "routes-a")
    ec2.delete_route(RouteTableId=table_id, DestinationCidrBlock="10.2.0.0/16")
    STEPS["routes"](built_lab)

    assert built_lab.walk("app-a", "app-b")[0].answered


def test_a_peering_connection_made_by_hand_is_taken_over():
    lab = Lab.open(through="peering")
    old = lab.find("vpc-peering-connection", "a-to-b")
    lab.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=old)
    made = lab.ec2.create_vpc_peering_connection(
        VpcId=lab.find("vpc", "vpc-b"), PeerVpcId=lab.find("vpc", "vpc-a")
    )["VpcPeeringConnection"]["VpcPeeringConnectionId"]

    lab.build("routes")

    assert made == lab.find("vpc-peering-connection", "a-to-b")
    assert lab.ping("app-a", "app-b").received == 4


def test_the_delivery_role_is_straightened_by_building_it_again(built_lab):
    role = "labkit-flow-logs"
    built_lab.iam.delete_role_policy(RoleName=role, PolicyName="write-flow-logs")
    STEPS["iam"](built_lab)

    assert ["write-flow-logs"] == built_lab.iam.list_role_policies(RoleName=role)["PolicyNames"]


def test_every_kind_that_can_carry_the_tag_is_counted(built_lab):
    assert KINDS.keys() <= remaining(built_lab).keys()


@pytest.mark.parametrize("last", ["instances", "security_groups"])
def test_instances_come_with_their_way_to_systems_manager_where_they_need_one(last):
    assert MANAGEMENT in steps_through(last, with_management=True)
    assert MANAGEMENT not in steps_through(last)


def test_what_comes_before_instances_needs_no_systems_manager():
    assert steps_through("subnets", with_management=True) == ["vpcs", "subnets"]


def test_taking_down_names_what_is_in_the_way_and_leaves_it_alone(lab):
    STEPS["vpcs"](lab)
    made = lab.ec2.create_subnet(VpcId=lab.find("vpc", "vpc-a"), CidrBlock="10.1.9.0/24")
    subnet_id = made["Subnet"]["SubnetId"]

    with pytest.raises(LabError, match=f"subnet {subnet_id} .* does not carry its tag"):
        teardown(lab)

    lab.ec2.delete_subnet(SubnetId=subnet_id)
    teardown(lab)
    assert remaining(lab) == NOTHING


def test_an_instance_without_tags_is_named_as_in_the_way(lab):
    for name in ("vpcs", "subnets"):
        STEPS[name](lab)
    subnet_id = lab.find("subnet", "subnet-a")
    image = lab.ec2.describe_images()["Images"][0]["ImageId"]
    lab.ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet_id)

    with pytest.raises(LabError, match="instance i-"):
        teardown(lab)


def test_what_somebody_bent_of_the_alarm_is_straight_after_the_next_build():
    lab = Lab.open(through="alarms")
    [alarm] = lab.cloudwatch.describe_alarms()["MetricAlarms"]
    queue = lab.sqs.get_queue_url(QueueName="labkit-alerts")["QueueUrl"]
    lab.cloudwatch.disable_alarm_actions(AlarmNames=[alarm["AlarmName"]])
    lab.sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": ""})

    lab.build("alarms")

    [straight] = lab.cloudwatch.describe_alarms()["MetricAlarms"]
    attributes = lab.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["Policy"])
    assert straight["ActionsEnabled"] is True
    assert "sns.amazonaws.com" in attributes["Attributes"]["Policy"]


def test_a_topic_goes_with_all_who_subscribed_to_it_confirmed_or_not():
    lab = Lab.open(through="alarms")
    [topic] = [each["TopicArn"] for each in lab.sns.list_topics()["Topics"]]
    lab.sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="me@example.com")

    teardown(lab)

    assert [] == lab.sns.list_topics()["Topics"]
    assert [] == lab.sns.list_subscriptions()["Subscriptions"]


def test_an_alarm_of_somebody_else_survives_teardown():
    lab = Lab.open(through="alarms")
    wanted = {
        "Namespace": "N",
        "MetricName": "M",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    lab.cloudwatch.put_metric_alarm(AlarmName="labkit-mine", **wanted)
    lab.sqs.create_queue(QueueName="labkit-mine")
    teardown(lab)

    assert [a["AlarmName"] for a in lab.cloudwatch.describe_alarms()["MetricAlarms"]] == [
        "labkit-mine"
    ]
    assert len(lab.sqs.list_queues()["QueueUrls"]) == 1
