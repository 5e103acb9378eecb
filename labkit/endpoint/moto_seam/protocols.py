"""
Requests into parameters, results and errors into responses, after botocore's service models.

moto ships parsers and serializers for all of AWS's protocols; this is their
front door.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from botocore.exceptions import UnknownServiceError
from botocore.model import OperationNotFoundError
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from botocore.utils import parse_to_aware_datetime
from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request as MotoRequest
from moto.core.request import determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import (
    JSONSerializer,
    SerializationContext,
    XFormedAttributePicker,
    get_serializer_class,
)
from moto.core.utils import get_service_model
from moto.moto_api._internal import mock_random
from werkzeug.exceptions import NotFound

from labkit.endpoint import json_requests, query_requests
from labkit.endpoint.model_rules import is_plain
from labkit.endpoint.operations import AwsError
from labkit.endpoint.simulated import no_such_service
from labkit.endpoint.wire import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from moto.core.model import ServiceModel, Shape

FALLBACK_PROTOCOL = "query"
_ANY_JSON_SERVICE = "ssm"
_UNREADABLE = {"ec2": "InvalidParameterValue", "query": "MalformedInput"}


@dataclass(frozen=True)
class Wording:
    """How one request speaks: its service, its operation's model, its protocol."""

    service: str
    model: OperationModel
    protocol: str


def wording_of(request: Request, service: str, operation: str) -> Wording:
    """
    The protocol *request* uses for *operation*.

    Raises:
        AwsError: The service has no such operation, or we do not speak the protocol.
    """
    model = operation_model(service, operation)
    content_type = request.headers.get("content-type", "").split(";")[0]
    try:
        protocol = determine_request_protocol(service_model(service), content_type)
    except NotImplementedError as unknown:
        raise AwsError(
            "NotImplemented", f"The lab does not speak {content_type} with {service}.", 501
        ) from unknown
    if protocol == "query" and request.form.get("ContentType") == "JSON":
        protocol = "query-json"
    return Wording(service, model, protocol)


@cache
def service_model(service: str) -> ServiceModel:
    """
    The model botocore has of *service*, with moto's additions.

    Raises:
        AwsError: AWS has no such service.
    """
    try:
        return get_service_model(service)
    except UnknownServiceError:
        raise no_such_service(service) from None


def operation_model(service: str, operation: str) -> OperationModel:
    """
    The model of *operation*.

    Raises:
        AwsError: *service* has no such operation.
    """
    try:
        model: OperationModel = service_model(service).operation_model(operation)
    except OperationNotFoundError as unknown:
        raise _unknown_operation(service, operation) from unknown
    return model


def _unknown_operation(service: str, operation: str) -> AwsError:
    if service_model(service).protocol == "json":
        message = f"The request names no operation of {service}: {operation or 'no X-Amz-Target'}."
        return AwsError("UnknownOperationException", message)
    message = f"The action {operation} is not valid for this web service."
    return AwsError("InvalidAction", message)


def route(request: Request, service: str) -> tuple[str | None, dict[str, Any]]:
    """
    Operation and path parameters of a request that says both by path and method alone.

    Raises:
        AwsError: AWS has no such service.
    """
    service_model(service)
    try:
        model, parameters = get_service_router(service).match(_moto_request(request))
    except (NotFound, NotImplementedError):
        return None, {}
    return str(model.name), parameters


def checked(request: Request, wording: Wording) -> Request:
    """
    *request*, with its body as AWS reads it.

    Raises:
        AwsError: It breaks the operation's model; REST protocols leave that to each operation.
    """
    if wording.protocol == "json":
        members = json_requests.read(request.body, wording.model)
        return replace(request, body=json.dumps(members, ensure_ascii=False).encode())
    if wording.protocol == "ec2":
        query_requests.refuse_missing(parse(request, wording), wording.model)
    elif wording.protocol in {"query", "query-json"}:
        query_requests.refuse_invalid(parse(request, wording), wording.model)
    return request


def parse(request: Request, wording: Wording) -> dict[str, Any]:
    """
    The parameters of *request* by their names in the API reference.

    Raises:
        AwsError: They cannot be read.
    """
    if wording.protocol == "json" and _is_plain(wording.model.input_shape):
        members: dict[str, Any] = json.loads(request.body)  # which checked() has made
        return members
    protocol = "query" if wording.protocol == "query-json" else wording.protocol
    parts: Any = {"body": request.body, "values": request.form, "url_params": {}}
    if protocol.startswith("rest-"):
        seen = _moto_request(request)
        _, parts["url_params"] = route(request, wording.service)
        parts |= {"values": seen.values, "headers": seen.headers, "body": seen.data}
    try:
        parsed: dict[str, Any] = PROTOCOL_PARSERS[protocol](wording.model).parse(parts)
    except (ValueError, TypeError, KeyError, AttributeError, RuntimeError) as unreadable:
        code = _UNREADABLE.get(protocol, "SerializationException")
        raise AwsError(code, f"A parameter cannot be read: {unreadable}") from None
    return parsed


def request_with(request: Request, wording: Wording, params: Mapping[str, Any]) -> Request:
    """*request* with *params* in place of its own."""
    serializer = create_serializer(_dialect(wording), include_validation=False)
    made = serializer.serialize_to_request(dict(params), wording.model)
    body = made["body"]
    data = urlencode(body).encode() if isinstance(body, dict) else (body or b"")
    headers = {name.lower(): value for name, value in made["headers"].items()}
    host = f"{request.split_url.scheme}://{request.split_url.netloc}"
    query = f"?{urlencode(made['query_string'])}" if made["query_string"] else ""
    kept = {
        name: value
        for name, value in request.headers.items()
        if name not in {"content-length", "content-type", "content-encoding"}
    }
    return Request(
        str(made["method"]), f"{host}{made['url_path']}{query}", {**kept, **headers}, data
    )


def serialized(result: Mapping[str, Any], wording: Wording) -> Response:
    """The response that carries *result*."""
    if wording.protocol == "json" and _is_plain(wording.model.output_shape):
        version = wording.model.service_model.metadata["jsonVersion"]
        headers = {
            "Content-Type": f"application/x-amz-json-{version}",
            "x-amzn-requestid": new_request_id(),
        }
        return Response(200, headers, json.dumps(result).encode())
    response = _serialize(result, wording, 200)
    return replace(response, status=_status(result, wording) or response.status)


def _status(result: Mapping[str, Any], wording: Wording) -> int | None:
    """The HTTP status, where a member of the result says it."""
    shape = wording.model.output_shape
    for name, member in shape.members.items() if shape is not None else ():
        if member.serialization.get("location") == "statusCode" and name in result:
            return int(result[name])
    return None


def serialized_error(error: AwsError, wording: Wording) -> Response:
    """The response that carries *error*."""
    return _serialize(error, wording, error.status)


def error_wording(request: Request, service: str | None) -> Wording:
    """How to word an error when the operation is unknown, or even the service."""
    if (service is None or not _is_known(service)) and "x-amz-target" in request.headers:
        service = _ANY_JSON_SERVICE
    if service is None or not _is_known(service):
        return Wording("sts", operation_model("sts", "GetCallerIdentity"), FALLBACK_PROTOCOL)
    model = service_model(service)
    content_type = request.headers.get("content-type", "").split(";")[0]
    try:
        protocol = determine_request_protocol(model, content_type)
    except NotImplementedError:
        protocol = str(model.protocol)
    return Wording(service, OperationModel({}, model), protocol)


def _is_known(service: str) -> bool:
    try:
        service_model(service)
    except AwsError:
        return False
    return True


def plain(result: object, model: OperationModel, transformers: Mapping[str, Any]) -> dict[str, Any]:
    """A *result* of moto's, a graph of its objects, as the dictionary boto3 would show."""
    shown: dict[str, Any] = {}
    if model.output_shape is not None:
        picker = XFormedAttributePicker(response_transformers=dict(transformers))
        writer = _PlainSerializer(model, value_picker=picker)
        writer.write(shown, result)
    return shown


def parsed_response(response: Response, wording: Wording) -> dict[str, Any]:
    """A response as the dictionary boto3 would show, without its metadata."""
    raw = {"status_code": response.status, "headers": response.headers, "body": response.body}
    shown: dict[str, Any] = create_parser(_dialect(wording)).parse(raw, wording.model.output_shape)
    shown.pop("ResponseMetadata", None)
    return shown


def new_request_id() -> str:
    """A request id from the current stream of random numbers."""
    return str(mock_random.uuid4())


def _moto_request(request: Request) -> MotoRequest:
    return MotoRequest.from_primitives(request.method, request.url, request.headers, request.body)


def _is_plain(shape: Shape | None) -> bool:
    """Whether JSON is all there is to reading or writing a shape; long lists then take a tenth."""
    return shape is not None and is_plain(shape)


def _dialect(wording: Wording) -> str:
    return "query" if wording.protocol == "query-json" else wording.protocol


def _serialize(outcome: Mapping[str, Any] | AwsError, wording: Wording, status: int) -> Response:
    request_id = new_request_id()
    writer_class: Callable[..., Any] = get_serializer_class(wording.service, wording.protocol)
    context = SerializationContext(request_id)
    made = writer_class(wording.model, context=context).serialize(outcome)
    body = made["body"]
    if isinstance(outcome, AwsError) and wording.protocol == "json":
        body = _with_message_as_modelled(body, outcome, wording)
    headers = {**made["headers"], "x-amzn-requestid": request_id}
    code = status if isinstance(outcome, AwsError) else made["status_code"]
    return Response(code, headers, body.encode() if isinstance(body, str) else body or b"")


def _with_message_as_modelled(body: str, error: AwsError, wording: Wording) -> str:
    """The error's body with ``message`` spelt as the model does, else in lower case as AWS does."""
    shapes = {shape.name: shape for shape in wording.model.service_model.error_shapes}
    modelled = shapes[error.code].members if error.code in shapes else {}
    members = json.loads(body)
    if "Message" in members and "Message" not in modelled:
        members["message"] = members.pop("Message")
    return json.dumps(members)


class _PlainSerializer(JSONSerializer):
    """Writes botocore's names and Python's own values instead of wire names and strings."""

    def write(self, shown: dict[str, Any], result: object) -> None:
        """Put *result* into *shown*."""
        self._serialize(shown, result, self.operation_model.output_shape, "")

    def get_serialized_name(self, shape: Shape, default_name: str) -> str:  # noqa: ARG002
        return default_name

    def _serialize_type_timestamp(
        self,
        serialized: Any,  # noqa: ANN401  moto's signature
        value: Any,  # noqa: ANN401
        shape: Shape,  # noqa: ARG002
        key: str,
    ) -> None:
        serialized[key] = parse_to_aware_datetime(value)

    def _serialize_type_blob(
        self,
        serialized: Any,  # noqa: ANN401
        value: Any,  # noqa: ANN401
        shape: Shape,  # noqa: ARG002
        key: str,
    ) -> None:
        serialized[key] = value
