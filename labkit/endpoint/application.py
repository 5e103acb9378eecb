"""
The embedded AWS: one HTTP request in, one HTTP response out.

Two doors lead here, ``in_process`` and ``server``; neither knows anything
about AWS.  The application works out who is asked, lets the lab's own
operation answer if there is one, and moto otherwise.
"""

from __future__ import annotations

import logging
import re
import weakref
from collections import Counter
from contextlib import contextmanager
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeVar

from labkit.endpoint import cbor_requests, ec2_lists
from labkit.endpoint.addressing import Address, address_of, canonical
from labkit.endpoint.agenda import Agenda
from labkit.endpoint.client_tokens import ClientTokens
from labkit.endpoint.clock import Clock, VirtualClock
from labkit.endpoint.moto_seam import dispatch, isolation, protocols
from labkit.endpoint.operations import AwsError, handler_of, hooks, patient_handler_of
from labkit.endpoint.settings import Settings
from labkit.endpoint.simulated import OPERATION_MODULES, no_such_service
from labkit.endpoint.wire import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from labkit.endpoint.moto_seam.protocols import Wording
    from labkit.endpoint.operations import Handler, Params

ExtensionT = TypeVar("ExtensionT")

_READS: Final = re.compile(r"(Describe|Get|List|Search|Lookup|Head|Filter|Test|Simulate)[A-Z]")
_ANY_CBOR_SERVICE: Final = "cloudwatch"
_log = logging.getLogger(__name__)


class EmbeddedAws:
    """
    One account on one simulated AWS, apart from all others in the process.

    Args:
        settings: The choices it is made with.
        clock: Its time; a new :class:`VirtualClock` by default.
    """

    def __init__(self, settings: Settings | None = None, clock: Clock | None = None) -> None:
        self.settings = settings or Settings()
        self.clock: Clock = clock or VirtualClock()
        self._state = isolation.MotoState(self.settings.seed, self.settings.account_id, self.clock)
        self._generations: Counter[str] = Counter()
        self._extensions: dict[type, Any] = {}
        weakref.finalize(self, isolation.let_go, self._state)
        for module in OPERATION_MODULES:
            import_module(f"labkit.endpoint.{module}")

    def handle(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Response:
        """
        The answer to one HTTP request; errors are answers too, so nothing is raised.

        Args:
            method: HTTP method.
            url: Absolute and percent-encoded; AWS's own host or any other.
            headers: In any case.
            body: Without transfer encoding.
        """
        lowered = {name.lower(): value for name, value in headers.items()}
        request = Request(method, url, lowered, body)
        if cbor_requests.speaks_cbor(request):
            address = address_of(request, self.settings.region)
            model = protocols.service_model(address.service if address else _ANY_CBOR_SERVICE)
            return cbor_requests.answered(request, model, self._handle)
        return self._handle(request)

    def _handle(self, request: Request) -> Response:
        address: Address | None = None
        try:
            address = address_of(request, self.settings.region)
            if address is None:
                return self._nobody(request)
            return self._answer(canonical(_inflated(request, address), address), address)
        except AwsError as refused:
            return self._error(request, address, refused)
        except Exception:  # noqa: BLE001  a fault of ours must not take the server down
            _log.exception("%s %s failed", request.method, request.url)
            error = AwsError("InternalFailure", "The lab failed; its log says how.", 500)
            return self._error(request, address, error)

    def refuse(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, error: AwsError
    ) -> Response:
        """The response that refuses a request, worded as its service does."""
        lowered = {name.lower(): value for name, value in headers.items()}
        request = Request(method, url, lowered, body)
        return self._error(request, address_of(request, self.settings.region), error)

    def invoke(
        self, service: str, operation: str, *, region: str | None = None, **params: object
    ) -> dict[str, Any]:
        """
        The result of a call the lab makes itself, as boto3 would show it.

        Hooks do not act around it.

        Raises:
            AwsError: The call failed.
        """
        address = Address(service, region or self.settings.region, operation, signed=True)
        with self.active(operation):
            call = _Invocation(self, address, _blank_request(address), dict(params))
            handler = handler_of(service, operation)
            try:
                with dispatch.refusals_as_aws_errors(service, operation):
                    return dict(handler(call)) if handler else call.forward()
            finally:
                self._note_change(service, operation)

    def backend(self, service: str, region: str | None = None) -> Any:  # noqa: ANN401  moto's classes
        """The state moto keeps of *service*; to be used within :meth:`active` only."""
        place = region or self.settings.region
        try:
            return isolation.backend(self._state, service, place)
        except KeyError as missing:
            if missing.args == (service,):
                raise no_such_service(service) from None
            message = f"Not simulated: {service} in region {place}."
            raise AwsError("NotImplemented", message, 501) from None

    def regions(self, service: str) -> list[str]:
        """Regions in which *service* has been used, sorted; within :meth:`active` only."""
        return isolation.regions(self._state, service)

    def extension(self, kind: Callable[[EmbeddedAws], ExtensionT]) -> ExtensionT:
        """This application's one *kind*, made on first use from the application itself."""
        key: Any = kind
        if key not in self._extensions:
            self._extensions[key] = kind(self)
        made: ExtensionT = self._extensions[key]
        return made

    def generation(self, service: str) -> int:
        """A number that rises with every call that may have changed something in *service*."""
        return self._generations[service]

    @contextmanager
    def active(self, operation: str = "") -> Iterator[None]:
        """A span in which moto holds this application's state, and no other thread is inside."""
        with isolation.active(self._state, "reads" if _READS.match(operation) else "writes"):
            yield

    def _answer(self, request: Request, address: Address) -> Response:
        agenda = self.extension(Agenda)
        agenda.catch_up()
        try:
            return self._answer_now(request, address)
        finally:
            agenda.catch_up()  # with the time the call took

    def _answer_now(self, request: Request, address: Address) -> Response:
        operation = address.operation or self._routed(request, address.service)
        patient = patient_handler_of(address.service, operation or "")
        if operation and patient:
            return self._answer_in_time(request, address, operation, patient)
        with self.active(operation or ""):
            call = _Invocation(self, address, request, None, operation)
            try:
                with dispatch.refusals_as_aws_errors(address.service, operation or "?"):
                    return self._run(call) if operation else call.pass_on()
            except AwsError as error:
                return self._error(request, address, error)
            finally:
                self._note_change(address.service, operation or "?")

    def _answer_in_time(
        self, request: Request, address: Address, operation: str, handler: Handler
    ) -> Response:
        """The answer to a call that nobody else has to wait for, and that may call back."""
        call = _Invocation(self, address, request, None, operation)
        try:
            with self.active(operation):
                call.check()
                _ = call.params
            result = handler(call)
            with self.active(operation):
                return call.respond(result)
        except AwsError as error:
            return self._error(request, address, error)

    def _note_change(self, service: str, operation: str) -> None:
        if not _READS.match(operation):
            self._generations[service] += 1

    def _run(self, call: _Invocation) -> Response:
        call.check()
        tokens = self.extension(ClientTokens)
        response = tokens.earlier(call)
        if response is not None:
            return response
        for hook in hooks("before", call.service, call.operation):
            hook(call)
        response = self._answered(call)
        if not response.is_error:
            for hook in hooks("after", call.service, call.operation):
                hook(call)
            tokens.keep(call, response)
        return response

    def _answered(self, call: _Invocation) -> Response:
        handler = handler_of(call.service, call.operation)
        changes = ec2_lists.left_to_us(call)
        if not changes:
            return call.respond(handler(call)) if handler else call.pass_on()
        whole = call.changed(changes)
        answer = handler(whole) if handler else whole.forward()
        return call.respond(ec2_lists.narrowed(call, answer))

    def _routed(self, request: Request, service: str) -> str | None:
        try:
            return protocols.route(request, service)[0]
        except AwsError:
            return None

    def _error(self, request: Request, address: Address | None, error: AwsError) -> Response:
        with self.active("DescribeError"):
            service = address.service if address else None
            return protocols.serialized_error(error, protocols.error_wording(request, service))

    def _nobody(self, request: Request) -> Response:
        error = AwsError(
            "MissingAuthenticationToken",
            "This is the lab's endpoint for AWS clients. The request names no service: "
            "sign it, with any credentials.",
            403,
        )
        return self._error(request, None, error)


class _Invocation:
    """A call under way; see :class:`labkit.endpoint.operations.Call`."""

    def __init__(
        self,
        aws: EmbeddedAws,
        address: Address,
        request: Request,
        params: dict[str, Any] | None,
        operation: str | None = None,
    ) -> None:
        self.aws = aws
        self.service = address.service
        self.region = address.region
        self.operation = operation or address.operation or ""
        self.account_id = aws.settings.account_id
        self.origin = request.origin
        self._request = request
        self._given = params

    def check(self) -> None:
        """Refuse what breaks the operation's model, as AWS does before anything else."""
        self._request = protocols.checked(self._request, self._wording)

    @cached_property
    def params(self) -> Params:
        if self._given is not None:
            return self._given
        return protocols.parse(self._request, self._wording)

    @property
    def backend(self) -> Any:  # noqa: ANN401  moto's classes
        return self.aws.backend(self.service, self.region)

    def forward(self, **changes: object) -> dict[str, Any]:
        request = self._for_moto()
        if changes or self._given is not None:
            params = {**self.params, **changes}
            given = {name: value for name, value in params.items() if value is not None}
            request = protocols.request_with(request, self._wording, given)
        return dispatch.ask_for_result(request, self._wording)

    def changed(self, changes: Params) -> _Invocation:
        """The same call with some other parameters; those that are ``None`` are left out."""
        params = {**self.params, **changes}
        given = {name: value for name, value in params.items() if value is not None}
        address = Address(self.service, self.region, self.operation, signed=True)
        return _Invocation(self.aws, address, self._request, given)

    def pass_on(self) -> Response:
        """The response moto itself gives to the request as it came."""
        return dispatch.ask(self._for_moto(), self.service, self.operation or None)

    def respond(self, result: Params) -> Response:
        """The response that carries *result*."""
        return protocols.serialized(result, self._wording)

    @cached_property
    def _wording(self) -> Wording:
        return protocols.wording_of(self._request, self.service, self.operation)

    def _for_moto(self) -> Request:
        _ = self.backend  # made first, so that its ids depend on nothing but seed and region
        headers = {**self._request.headers, dispatch.ACCOUNT_HEADER: self.account_id}
        return Request(self._request.method, self._request.url, headers, self._request.body)


def _inflated(request: Request, address: Address) -> Request:
    if address.service == "s3":  # which stores objects compressed if they come so
        return request
    try:
        return request.inflated()
    except ValueError as damaged:
        raise AwsError("SerializationException", str(damaged)) from damaged


def _blank_request(address: Address) -> Request:
    host = f"https://{address.service}.{address.region}.amazonaws.com/"
    scope = f"Credential=LAB/20260101/{address.region}/{address.service}/aws4_request"
    headers = {"authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"}
    return Request("POST", host, headers)
