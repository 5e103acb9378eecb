"""Addressing: which service, region and operation a request is for."""

from __future__ import annotations

import pytest

from labkit.endpoint.addressing import address_of, canonical
from labkit.endpoint.wire import Request

LOCAL = "http://127.0.0.1:4566"
FORM = "application/x-www-form-urlencoded; charset=utf-8"


def signed(service, region="eu-west-1", url=LOCAL + "/", method="POST", body=b"", **headers):
    scope = f"AWS4-HMAC-SHA256 Credential=AKIA/20260105/{region}/{service}/aws4_request, x=y"
    return Request(method, url, {"authorization": scope, **headers}, body)


def summary(request):
    address = address_of(request, "us-east-1")
    return address and (address.service, address.region, address.operation)


def test_the_signature_names_service_and_region():
    body = b"Action=DescribeVpcs&Version=2016-11-15"
    request = signed("ec2", body=body, **{"content-type": FORM})
    assert summary(request) == ("ec2", "eu-west-1", "DescribeVpcs")


def test_the_target_header_names_the_operation():
    request = signed("logs", **{"x-amz-target": "Logs_20140328.StartQuery"})
    assert summary(request) == ("logs", "eu-west-1", "StartQuery")


def test_cloudwatch_signs_as_monitoring():
    assert summary(signed("monitoring")) == ("cloudwatch", "eu-west-1", None)


def test_a_presigned_url_carries_its_scope_in_the_query():
    query = "X-Amz-Credential=AKIA%2F20260105%2Feu-north-1%2Fs3%2Faws4_request"
    request = Request("GET", f"{LOCAL}/bucket/key?{query}", {})
    assert summary(request) == ("s3", "eu-north-1", None)


def test_unsigned_requests_say_what_they_want_in_action_and_version():
    body = b"Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
    request = Request("POST", LOCAL + "/", {"content-type": FORM}, body)
    assert summary(request) == ("sts", "us-east-1", "AssumeRoleWithWebIdentity")


def test_unsigned_requests_say_what_they_want_in_the_target_header():
    request = Request("POST", LOCAL + "/", {"x-amz-target": "AmazonSSM.SendCommand"})
    assert summary(request) == ("ssm", "us-east-1", "SendCommand")


def test_an_unsigned_request_for_a_bucket_is_for_s3():
    assert summary(Request("GET", LOCAL + "/bucket/key", {})) == ("s3", "us-east-1", None)


def test_an_aws_host_names_service_and_region():
    request = Request("GET", "https://bucket.s3.eu-west-2.amazonaws.com/key", {})
    assert summary(request) == ("s3", "eu-west-2", None)


def test_a_bare_request_is_for_nobody():
    assert summary(Request("GET", LOCAL + "/", {})) is None


@pytest.mark.parametrize(
    ("service", "url", "expected"),
    [
        ("ec2", f"{LOCAL}/", "https://ec2.eu-west-1.amazonaws.com/"),
        ("monitoring", f"{LOCAL}/", "https://monitoring.eu-west-1.amazonaws.com/"),
        ("s3", f"{LOCAL}/bucket/a%2Fb?acl", "https://s3.eu-west-1.amazonaws.com/bucket/a%2Fb?acl"),
        ("s3", "http://bu.localhost:4566/k", "https://s3.eu-west-1.amazonaws.com/bu/k"),
        ("s3", "https://bu.s3.amazonaws.com/k", "https://bu.s3.amazonaws.com/k"),
    ],
)
def test_every_request_looks_as_if_sent_to_aws(service, url, expected):
    request = signed(service, url=url)
    address = address_of(request, "us-east-1")
    assert address is not None
    assert canonical(request, address).url == expected
