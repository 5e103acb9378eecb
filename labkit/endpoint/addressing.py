"""
A request in, the service, region and operation it is meant for out.

Every AWS client signs its requests, and the signature names region and
service; so one loopback address can answer for all services. Requests that
come unsigned say what they want in ``X-Amz-Target`` or in ``Action`` and
``Version``.

Source: AWS General Reference, "Elements of an AWS API request signature".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlunsplit

from labkit.endpoint.wire import Request

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_SCOPE: Final = re.compile(r"Credential=[^/,]+/\d{8}/([^/,]+)/([^/,]+)/aws4_request")
_PRESIGNED_SCOPE: Final = re.compile(r"[^/]+/\d{8}/([^/]+)/([^/]+)/aws4_request")
_AWS_HOST: Final = re.compile(r"\.(amazonaws\.com(\.cn)?|api\.aws)$")
_REGION_IN_HOST: Final = re.compile(r"\.([a-z]{2}(?:-[a-z]+)+-\d)\.")

SERVICE_BY_SIGNING_NAME: Final = {
    "monitoring": "cloudwatch",
    "elasticloadbalancing": "elbv2",
    "tagging": "resourcegroupstaggingapi",
}
"""Where the name a request is signed with is not botocore's name of the service."""

SERVICE_BY_TARGET_PREFIX: Final = {
    "AmazonSSM": "ssm",
    "AWSEvents": "events",
    "AmazonSQS": "sqs",
    "DynamoDB_20120810": "dynamodb",
    "GraniteServiceVersion20100801": "cloudwatch",
    "Logs_20140328": "logs",
    "TrentService": "kms",
    "secretsmanager": "secretsmanager",
}
"""Service by the first part of ``X-Amz-Target``, for requests without a signature."""

SERVICE_BY_VERSION: Final = {
    "2006-03-01": "s3",
    "2010-03-31": "sns",
    "2010-05-08": "iam",
    "2010-05-15": "cloudformation",
    "2010-08-01": "cloudwatch",
    "2011-06-15": "sts",
    "2012-11-05": "sqs",
    "2016-11-15": "ec2",
}
"""Service by the ``Version`` of a query-protocol request, for requests without a signature."""

_SIGNING_NAME_BY_SERVICE: Final = {
    service: name for name, service in SERVICE_BY_SIGNING_NAME.items()
}


@dataclass(frozen=True)
class Address:
    """
    Whom a request is for.

    Args:
        service: botocore's name of the service.
        region: Region the request is signed for.
        operation: The operation if header or form say it; ``None`` when only path and method do.
        signed: Whether the request carried a credential scope.
    """

    service: str
    region: str
    operation: str | None
    signed: bool


def address_of(request: Request, default_region: str) -> Address | None:
    """The address on *request*; ``None`` if nothing on it names a service."""
    scope = _scope(request)
    if scope is not None:
        region, signing_name = scope
        service = SERVICE_BY_SIGNING_NAME.get(signing_name, signing_name)
        return Address(service, region, _operation(request), signed=True)
    region = _region_in(request.split_url.hostname or "") or default_region
    unsigned = _service_of_unsigned(request)
    if unsigned is None:
        return None
    return Address(unsigned, region, _operation(request), signed=False)


def canonical(request: Request, address: Address) -> Request:
    """
    *request* as if it had been sent to AWS's own host.

    So both doors, and path-style as well as virtual-hosted S3, look the same
    from here on.
    """
    parts = request.split_url
    if _AWS_HOST.search(parts.hostname or ""):
        return request
    host = host_of(address.service, address.region)
    path = (_bucket_in_host(parts) if address.service == "s3" else "") + (parts.path or "/")
    url = urlunsplit(("https", host, path, parts.query, ""))
    headers = {**request.headers, "host": host}
    return Request(
        request.method, url, headers, request.body, origin=f"{parts.scheme}://{parts.netloc}"
    )


def host_of(service: str, region: str = "us-east-1") -> str:
    """
    The host at which AWS itself answers for a service.

    >>> host_of("cloudwatch", "eu-west-1")
    'monitoring.eu-west-1.amazonaws.com'
    """
    return f"{_SIGNING_NAME_BY_SERVICE.get(service, service)}.{region}.amazonaws.com"


def _scope(request: Request) -> tuple[str, str] | None:
    found = _SCOPE.search(request.headers.get("authorization", ""))
    if found is None:
        presigned = parse_qs(request.split_url.query).get("X-Amz-Credential", [""])[0]
        found = _PRESIGNED_SCOPE.fullmatch(presigned)
    return (found[1], found[2].lower()) if found else None


def _operation(request: Request) -> str | None:
    target = request.headers.get("x-amz-target")
    if target:
        return target.rsplit(".", 1)[-1]
    return request.form.get("Action")


def _service_of_unsigned(request: Request) -> str | None:
    prefix = request.headers.get("x-amz-target", "").split(".")[0]
    if prefix in SERVICE_BY_TARGET_PREFIX:
        return SERVICE_BY_TARGET_PREFIX[prefix]
    version = request.form.get("Version")
    if "Action" in request.form and version in SERVICE_BY_VERSION:
        return SERVICE_BY_VERSION[version]
    host = request.split_url.hostname or ""
    if _AWS_HOST.search(host):
        first = host.split(".")[0]
        return SERVICE_BY_SIGNING_NAME.get(first, first) if ".s3." not in host else "s3"
    has_bucket = request.split_url.path.strip("/") != "" or bool(_bucket_in_host(request.split_url))
    return "s3" if has_bucket else None


def _region_in(host: str) -> str | None:
    found = _REGION_IN_HOST.search(host)
    return found[1] if found else None


def _bucket_in_host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    bucket, dot, rest = host.rpartition(".localhost")
    return f"/{bucket}" if dot and not rest and bucket else ""
