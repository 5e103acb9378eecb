"""
Requests in Smithy's RPC v2 CBOR, which newer SDKs send to CloudWatch: turned into JSON and back.

moto speaks JSON with the services that speak both, so all that differs is how
the same members are written.

Source: Smithy specification, "Smithy RPC v2 CBOR protocol".
"""

from __future__ import annotations

import base64
import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.model import OperationNotFoundError, ShapeResolver
from botocore.parsers import ResponseParserError, RpcV2CBORParser, create_parser
from botocore.serialize import RpcV2CBORSerializer

from labkit.endpoint.wire import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.model import ServiceModel, StructureShape

PROTOCOL: Final = "rpc-v2-cbor"
_PATH: Final = re.compile(r"/service/(\w+)/operation/(\w+)/?")
_NAMES: Final = {"type": "string"}
_ERROR: Final[StructureShape] = ShapeResolver(
    {
        "Error": {
            "type": "structure",
            "members": {"__type": {"shape": "S"}, "message": {"shape": "S"}},
        }
    }
    | {"S": _NAMES}
).get_shape_by_name("Error")


def speaks_cbor(request: Request) -> bool:
    """Whether a request is of this protocol."""
    return request.headers.get("smithy-protocol") == PROTOCOL


def answered(
    request: Request, model: ServiceModel, answer: Callable[[Request], Response]
) -> Response:
    """
    The response to a request, which *answer* is asked as JSON.

    Args:
        request: Of this protocol.
        model: botocore's model of its service.
        answer: Answers the same request in JSON.
    """
    found = _PATH.fullmatch(request.split_url.path)
    target, operation = found.groups() if found else ("", "")
    response = answer(_as_json(request, f"{target}.{operation}"))
    headers = {
        name: value
        for name, value in response.headers.items()
        if name.lower() not in {"content-type", "content-length"}
    }
    headers |= {"Content-Type": "application/cbor", "smithy-protocol": PROTOCOL}
    shown = {"status_code": response.status, "headers": response.headers, "body": response.body}
    if response.is_error:
        error = create_parser("json").parse(shown, None)["Error"]
        body = {"__type": error["Code"], "message": error["Message"]}
        return Response(response.status, headers, _written(body, _ERROR))
    try:
        shape = model.operation_model(operation).output_shape
    except OperationNotFoundError:
        shape = None
    members = create_parser("json").parse(shown, shape) if shape else {}
    members.pop("ResponseMetadata", None)
    return Response(response.status, headers, _written(members, shape or _ERROR))


def _as_json(request: Request, target: str) -> Request:
    kept = {
        name: value
        for name, value in request.headers.items()
        if name not in {"smithy-protocol", "content-length", "content-encoding", "accept"}
    }
    headers = {**kept, "x-amz-target": target, "content-type": "application/x-amz-json-1.0"}
    host = f"{request.split_url.scheme}://{request.split_url.netloc}/"
    return Request("POST", host, headers, _json(request))


def _json(request: Request) -> bytes:
    """The body as JSON; one that cannot be read stays as it is, for JSON's reader to refuse."""
    try:
        body = request.inflated().body
        reader = RpcV2CBORParser()
        members = (
            reader.parse_data_item(reader.get_peekable_stream_from_bytes(body)) if body else {}
        )
        return json.dumps(members, default=_plain).encode()
    except (ValueError, TypeError, RecursionError, ResponseParserError):
        return request.body


def _plain(value: object) -> Any:  # noqa: ANN401  what JSON can say
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{value!r} has no place in JSON.")


def _written(members: dict[str, Any], shape: StructureShape) -> bytes:
    body = bytearray()
    RpcV2CBORSerializer()._serialize_data_item(body, members, shape)  # noqa: SLF001  no public way
    return bytes(body)
