"""
The register of what the lab answers itself, and what such an answer is made of.

moto answers every operation that nobody registers here.  A module of this
package takes one over by decorating a function::

    @operation("logs", "StartQuery")
    def start_query(call: Call) -> dict[str, Any]:
        return {"queryId": ...}

and may act around operations, its own or moto's, with :func:`before` and
:func:`after`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from labkit.endpoint.application import EmbeddedAws

MotoObject: TypeAlias = Any
"""An object of moto's; they are as good as untyped, so this says at least what they are."""

Params = Mapping[str, Any]
"""Parameters or results by their names in the AWS API reference."""


class AwsError(Exception):
    """
    An error as AWS reports it; the client sees a ``ClientError``.

    Args:
        code: Error code from AWS's reference.
        message: AWS's wording where it is known.
        status: HTTP status.
        members: Further members of the error's shape, if it is modelled.
    """

    def __init__(self, code: str, message: str, status: int = 400, **members: object) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        for name, value in members.items():
            setattr(self, name, value)


class Call(Protocol):
    """One call of one operation."""

    @property
    def service(self) -> str:
        """Name of the service as botocore has it."""

    @property
    def operation(self) -> str:
        """Name of the operation, as in ``CreateVpc``."""

    @property
    def region(self) -> str:
        """Region the call is for."""

    @property
    def account_id(self) -> str:
        """The account that calls; it owns everything there is."""

    @property
    def origin(self) -> str:
        """Scheme and host that the caller sent it to; empty if they are AWS's own."""

    @property
    def aws(self) -> EmbeddedAws:
        """The application that is called."""

    @property
    def params(self) -> Params:
        """The parameters, parsed after botocore's model; absent ones are absent."""

    @property
    def backend(self) -> MotoObject:
        """The state moto keeps of this service in this region."""

    def forward(self, **changes: object) -> dict[str, Any]:
        """
        What moto answers to this call, as boto3 would show it.

        Args:
            changes: Parameters to put in place of the caller's; ``None`` leaves one out.

        Raises:
            AwsError: moto refused.
        """


Handler = Callable[[Call], Params]
Hook = Callable[[Call], None]
HandlerT = TypeVar("HandlerT", bound=Handler)
HookT = TypeVar("HookT", bound=Hook)

_HANDLERS: dict[tuple[str, str], Handler] = {}
_TAKING_TIME: set[tuple[str, str]] = set()
_HOOKS: dict[str, list[tuple[str, str, Hook]]] = {"before": [], "after": []}


def operation(
    service: str, name: str, *, takes_time: bool = False
) -> Callable[[HandlerT], HandlerT]:
    """
    A decorator that has a function answer *name* of *service*.

    Args:
        service: botocore's name of the service.
        name: Name of the operation.
        takes_time: Whether the handler is called outside of :meth:`EmbeddedAws.active`,
            which it enters itself where it needs to; no hooks act around it.

    Raises:
        ValueError: Somebody else answers it already.
    """

    def register(handler: HandlerT) -> HandlerT:
        if (service, name) in _HANDLERS:
            raise ValueError(f"{service}:{name} is answered twice.")
        _HANDLERS[service, name] = handler
        if takes_time:
            _TAKING_TIME.add((service, name))
        return handler

    return register


def before(service: str, pattern: str) -> Callable[[HookT], HookT]:
    """
    A decorator that has a function act before operations whose name matches *pattern*.

    Hooks act around calls that come through a door, not around those the lab
    makes itself.  A hook that raises :class:`AwsError` refuses the call.
    """
    return _hook("before", service, pattern)


def after(service: str, pattern: str) -> Callable[[HookT], HookT]:
    """A decorator like :func:`before`, for what follows calls that succeeded."""
    return _hook("after", service, pattern)


def handler_of(service: str, name: str) -> Handler | None:
    """Who answers *name* of *service*; ``None`` leaves it to moto."""
    return _HANDLERS.get((service, name))


def patient_handler_of(service: str, name: str) -> Handler | None:
    """Who answers *name* outside of :meth:`EmbeddedAws.active`, if it is answered there."""
    return _HANDLERS.get((service, name)) if (service, name) in _TAKING_TIME else None


@cache
def hooks(moment: str, service: str, name: str) -> tuple[Hook, ...]:
    """What acts ``before`` or ``after`` *name* of *service*, in order of registration."""
    return tuple(
        hook
        for of_service, pattern, hook in _HOOKS[moment]
        if of_service == service and fnmatchcase(name, pattern)
    )


def answered_by_the_lab() -> list[tuple[str, str]]:
    """Every registered (service, operation), sorted."""
    return sorted(_HANDLERS)


def _hook(moment: str, service: str, pattern: str) -> Callable[[HookT], HookT]:
    def register(hook: HookT) -> HookT:
        _HOOKS[moment].append((service, pattern, hook))
        hooks.cache_clear()
        return hook

    return register
