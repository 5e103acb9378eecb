"""Whether a role lets flow logs deliver, as its policies say."""

from __future__ import annotations

import pytest

from labkit.diagnose import Role
from labkit.steps import iam

ARN = "arn:aws:iam::123456789012:role/delivery"


def trust(principal):
    return {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]}


def allows(*actions, effect="Allow"):
    return {"Statement": [{"Effect": effect, "Action": list(actions), "Resource": "*"}]}


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ({"Service": iam.SERVICE}, True),
        ({"Service": ["ec2.amazonaws.com", iam.SERVICE]}, True),
        ({"Service": "cloudtrail.amazonaws.com"}, False),
        ({"AWS": "123456789012"}, False),
        ("*", False),
    ],
)
def test_flow_logs_have_to_be_among_the_principals(principal, expected):
    assert expected is Role(ARN, trust(principal)).is_trusting


@pytest.mark.parametrize(
    ("policies", "lacking"),
    [
        ((iam.PERMISSIONS,), []),
        ((allows("logs:*"),), []),
        ((allows("*"),), []),
        ((allows("logs:CreateLogStream"), allows("Logs:PutLogEvents")), []),
        ((allows("logs:CreateLogStream"),), ["logs:PutLogEvents"]),
        ((allows("logs:*", effect="Deny"),), ["logs:CreateLogStream", "logs:PutLogEvents"]),
        ((), ["logs:CreateLogStream", "logs:PutLogEvents"]),
    ],
)
def test_what_delivery_needs_has_to_be_allowed(policies, lacking):
    assert lacking == Role(ARN, trust({"Service": iam.SERVICE}), policies).lacks()


def test_a_statement_that_is_not_in_a_list_counts_too():
    statement = trust({"Service": iam.SERVICE})["Statement"][0]

    assert Role(ARN, {"Statement": statement}).is_trusting
