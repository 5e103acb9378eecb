"""Query-protocol requests, as no checking client would send them, and what AWS says to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def refused(new_aws: Callable[..., Any]) -> Callable[..., tuple[str, str]]:
    """A function: code and message of the error for the parameters of a call as they are sent."""
    aws = new_aws()

    def ask(service: str, action: str, **params: str) -> tuple[str, str]:
        scope = f"Credential=A/20260105/us-east-1/{service}/aws4_request"
        headers = {
            "authorization": f"AWS4-HMAC-SHA256 {scope}",
            "content-type": "application/x-www-form-urlencoded",
        }
        body = urlencode({"Action": action, **params}).encode()
        response = aws.handle("POST", "http://127.0.0.1/", headers, body)
        assert response.status == 400
        code, message = (
            re.search(rf"<{name}>(.*?)</{name}>", response.body.decode())
            for name in ("Code", "Message")
        )
        assert code
        assert message
        return code[1], message[1].replace("&#x27;", "'")

    return ask


@pytest.mark.parametrize(
    ("action", "params", "parameter"),
    [
        ("CreateSubnet", {"CidrBlock": "10.0.0.0/24"}, "vpcId"),
        ("DeleteVpc", {}, "vpcId"),
        ("CreateNetworkAclEntry", {"Egress": "true"}, "networkAclId"),
        ("RunInstances", {"MinCount": "1"}, "maxCount"),
    ],
)
def test_ec2_names_the_parameter_that_is_missing(
    refused: Callable[..., tuple[str, str]], action: str, params: dict[str, str], parameter: str
):
    expected = f"The request must contain the parameter {parameter}"
    assert refused("ec2", action, **params) == ("MissingParameter", expected)


@pytest.mark.parametrize(
    ("count", "code"),
    [
        ("x", "InvalidParameterValue"),
        ("99999999999999999999", "InvalidParameterValue"),
        ("1001", "InstanceLimitExceeded"),
    ],
)
def test_ec2_takes_no_number_it_cannot_count_to(
    refused: Callable[..., tuple[str, str]], count: str, code: str
):
    assert refused("ec2", "RunInstances", MinCount="1", MaxCount=count)[0] == code


def test_other_services_name_all_that_is_wrong(refused: Callable[..., tuple[str, str]]):
    code, message = refused("iam", "CreateRole", RoleName="x" * 65, MaxSessionDuration="1")
    assert code == "ValidationError"
    assert message.startswith("3 validation errors detected: ")
    for fault in (
        "at 'roleName' failed to satisfy constraint: Member must have length less than or equal",
        "Value null at 'assumeRolePolicyDocument' failed to satisfy constraint: Member must not be",
        "Value '1' at 'maxSessionDuration' failed to satisfy constraint: Member must have value gr",
    ):
        assert fault in message
