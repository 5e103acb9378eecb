"""
A call handed to moto, its answer handed back.

moto finds out which of its classes is asked by trying every service's URL
patterns on every request, and which method by listing all methods of that
class.  We know both, so we go straight there.
"""

from __future__ import annotations

import importlib
import re
from contextlib import contextmanager
from functools import cache
from inspect import isfunction
from typing import TYPE_CHECKING, Any, Final

from moto import backend_index
from moto.core.exceptions import ServiceException
from moto.core.request import Request as MotoRequest
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import camelcase_to_underscores
from werkzeug.exceptions import HTTPException

from labkit.endpoint.addressing import host_of
from labkit.endpoint.ids import reworded
from labkit.endpoint.moto_seam import protocols
from labkit.endpoint.moto_seam.isolation import store_of
from labkit.endpoint.operations import AwsError, handler_of
from labkit.endpoint.wire import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from labkit.endpoint.moto_seam.protocols import Wording

ACCOUNT_HEADER: Final = "x-moto-account-id"
_REQUEST_ID_IN_XML: Final = re.compile(rb"(?<=<(?:R|r)equestI[dD]>)[^<]*(?=<)")
_CLIENTS_WORDS: Final = re.compile(r"^An error occurred \(\w+\) when calling the \w+ operation: ")
"""What clients put before a message, and moto sometimes before they do."""
_MOST_SIMILAR: Final = 5
_WORD: Final = re.compile("[A-Z][a-z]+")
_NOT_SIMULATED: Final = re.compile(r"(The .*?) has not been implemented")


def ask(request: Request, service: str, operation: str | None) -> Response:
    """
    What moto answers to a request as it came.

    Raises:
        AwsError: moto does not do this, or refused it.
    """
    method = _method(request, operation)
    if method is None:
        if operation or protocols.service_model(service).protocol == "json":
            protocols.operation_model(service, operation or "")
        return _ask_by_url(request, service, operation)
    return _response(*_run(method, service, operation or "").as_response())


def ask_for_result(request: Request, wording: Wording) -> dict[str, Any]:
    """
    The same, as the dictionary boto3 would show.

    Raises:
        AwsError: moto does not do this, or refused it.
    """
    operation = str(wording.model.name)
    method = _method(request, operation)
    if method is not None:
        answer = _run(method, wording.service, operation)
        if isinstance(answer.returned, ActionResult):
            transformers = answer.responder.RESPONSE_KEY_PATH_TO_TRANSFORMER
            return protocols.plain(answer.returned.result, wording.model, transformers)
        response = _response(*answer.as_response())
    else:
        response = _ask_by_url(request, wording.service, operation)
    if response.is_error:
        error = protocols.parsed_response(response, wording).get("Error", {})
        raise AwsError(error.get("Code", "Unknown"), error.get("Message", ""), response.status)
    return protocols.parsed_response(response, wording)


@contextmanager
def refusals_as_aws_errors(service: str, operation: str) -> Iterator[None]:
    """
    A span whose refusals by moto come out as AWS's errors.

    Raises:
        AwsError: moto refused, or does not do what it was asked.
    """
    try:
        yield
    except (ServiceException, HTTPException) as refusal:
        raise _refusal(refusal) from refusal
    except NotImplementedError as missing:
        raise not_simulated(service, operation, missing) from missing


class _Answer:
    """What a method of moto's returned, and how moto would send it."""

    def __init__(self, responder: BaseResponse, returned: Any) -> None:  # noqa: ANN401  moto's choice
        self.responder = responder
        self.returned = returned

    def as_response(self) -> tuple[int, Mapping[str, Any], str | bytes]:
        """Status, headers and body."""
        if isinstance(self.returned, ActionResult):
            status, headers, body = self.responder.serialized(self.returned)
        elif isinstance(self.returned, str):
            status, headers, body = 200, self.responder.response_headers, self.returned
        else:
            headers = self.responder.response_headers
            transform = self.responder._transform_response  # noqa: SLF001  as call_action does
            status, headers, body = transform(headers, self.returned)
        return int(status), headers, body


def _method(request: Request, operation: str | None) -> Callable[[], Any] | None:
    """What answers *operation* in moto, ready to be called; ``None`` if only the URL can tell."""
    found = _handler(request.url.split("?")[0], request.split_url.netloc)
    owner = getattr(found, "__self__", None)
    if operation is None or owner is None or not _dispatches_plainly(owner, found):
        return None
    name = camelcase_to_underscores(operation)
    if not isfunction(getattr(owner, name, None)):
        return None
    responder = owner()
    responder.setup_class(
        MotoRequest.from_primitives(request.method, request.url, request.headers, request.body)
    )
    method: Callable[[], Any] = getattr(responder, name)
    return method


def _dispatches_plainly(owner: Any, handler: Any) -> bool:  # noqa: ANN401  moto's classes
    same = (
        getattr(owner, name, None) is getattr(BaseResponse, name)
        for name in ("_dispatch", "call_action")
    )
    return handler.__func__ is BaseResponse.dispatch.__func__ and all(same)  # type: ignore[attr-defined]


def _run(method: Callable[[], Any], service: str, operation: str) -> _Answer:
    responder: BaseResponse = method.__self__  # type: ignore[attr-defined]
    with refusals_as_aws_errors(service, operation):
        return _Answer(responder, method())


def _refusal(refusal: ServiceException | HTTPException) -> AwsError:
    if isinstance(refusal, ServiceException):
        error = reworded(refusal.code, _CLIENTS_WORDS.sub("", refusal.message))
        for name, value in vars(refusal).items():
            if name not in {"code", "message"}:
                setattr(error, name, value)
        return error
    code = getattr(refusal, "error_type", None) or refusal.name
    message = getattr(refusal, "message", None) or refusal.description or ""
    return AwsError(str(code).rsplit("#", maxsplit=1)[-1], str(message), refusal.code or 400)


def not_simulated(service: str, operation: str, missing: NotImplementedError) -> AwsError:
    """The error for what AWS can do and the lab cannot."""
    found = _NOT_SIMULATED.match(str(missing))
    what = found[1].removesuffix(" for None") if found else "action"
    if "action" in what:
        return _no_such_operation(service, operation)
    return AwsError("NotImplemented", f"Not simulated: {service}:{operation} ({what}).", 501)


def _no_such_operation(service: str, operation: str) -> AwsError:
    about = _things(operation)
    shared = {name: len(about & _things(name)) for name in _simulated(service)}
    similar = sorted(filter(shared.get, shared), key=lambda name: -shared[name])[:_MOST_SIMILAR]
    instead = f" Simulated are {', '.join(similar)}." if similar else ""
    return AwsError("NotImplemented", f"Not simulated: {service}:{operation}.{instead}", 501)


def _things(operation: str) -> frozenset[str]:
    """The nouns in an operation's name, in the singular."""
    nouns = _WORD.findall(operation)[1:]
    return frozenset(re.sub("ies$", "y", noun).removesuffix("s") for noun in nouns)


@cache
def _simulated(service: str) -> tuple[str, ...]:
    """The operations of a service that we answer, or a method of moto's."""
    owners = {getattr(handler, "__self__", None) for _, handler in _handlers(host_of(service))}
    return tuple(
        name
        for name in protocols.service_model(service).operation_names
        if handler_of(service, name)
        or any(isfunction(getattr(owner, camelcase_to_underscores(name), None)) for owner in owners)
    )


def _ask_by_url(request: Request, service: str, operation: str | None) -> Response:
    handler = _handler(request.url.split("?")[0], request.split_url.netloc)
    if handler is None:
        raise _no_such_operation(service, operation or "?")
    asked = MotoRequest.from_primitives(request.method, request.url, request.headers, request.body)
    try:
        status, headers, body = handler(asked, asked.raw_url, asked.headers)
    except HTTPException as refusal:
        return _response(refusal.code or 400, dict(refusal.get_headers()), refusal.get_body())
    except NotImplementedError as missing:
        raise not_simulated(service, operation or "?", missing) from missing
    return _response(status, headers, body)


def _response(status: int, headers: Mapping[str, Any], body: str | bytes) -> Response:
    request_id = protocols.new_request_id()
    data = body.encode() if isinstance(body, str) else body
    if data.startswith(b"<"):
        data = _REQUEST_ID_IN_XML.sub(request_id.encode(), data)
    sent = {name: str(value) for name, value in headers.items() if name != "status"}
    sent["x-amzn-requestid"] = request_id
    return Response(status, sent, data)


def _handler(url: str, host: str) -> Any:  # noqa: ANN401  a function or bound method of moto's
    return next((handler for pattern, handler in _handlers(host) if pattern.match(url)), None)


@cache
def _handlers(host: str) -> tuple[tuple[re.Pattern[str], Any], ...]:
    """The URL patterns moto has for *host*, each with what answers there."""
    service = next(
        (
            name
            for name, pattern in backend_index.backend_url_patterns
            if pattern.match(f"https://{host}/")
        ),
        None,
    )
    if service is None:
        return ()
    store = store_of(service)
    urls = importlib.import_module(store.backend.__module__.removesuffix(".models") + ".urls")
    return tuple(
        (re.compile(path.format(base)), handler)
        for base in urls.url_bases
        for path, handler in urls.url_paths.items()
    )
