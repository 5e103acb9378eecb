"""
The second argument of a handler: the invocation, as it sees itself.

Source: AWS Lambda Developer Guide, "Using the Lambda context object to retrieve
Python function information".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from labkit.endpoint.functions.function import Function
    from labkit.endpoint.functions.watching import Watch

_IDENTITY = ("cognito_identity_id", "cognito_identity_pool_id")
_CLIENT = ("installation_id", "app_title", "app_version_name", "app_version_code")


@dataclass
class Context:
    """What Lambda tells a function about the invocation under way."""

    function_name: str
    invoked_function_arn: str
    memory_limit_in_mb: str
    aws_request_id: str
    log_group_name: str
    log_stream_name: str
    identity: Any
    client_context: Any
    function_version: str
    _watch: Watch = field(repr=False)
    tenant_id: str | None = None

    @classmethod
    def of(
        cls,
        function: Function,
        request_id: str,
        log_stream: str,
        watch: Watch,
        client_context: Any,  # noqa: ANN401  JSON of the caller's
    ) -> Self:
        """The context of one invocation."""
        return cls(
            function_name=function.name,
            invoked_function_arn=function.invoked_arn,
            memory_limit_in_mb=str(function.memory_mb),
            aws_request_id=request_id,
            log_group_name=function.log_group,
            log_stream_name=log_stream,
            identity=SimpleNamespace(**dict.fromkeys(_IDENTITY)),
            client_context=_client(client_context),
            function_version=function.version,
            _watch=watch,
        )

    def get_remaining_time_in_millis(self) -> int:
        """What is left of the function's time [ms]."""
        return self._watch.left_ms

    def log(self, message: object) -> None:
        """Print, as runtimes of old had it."""
        print(message, end="")  # noqa: T201  it is what it does


def _client(given: Any) -> Any:  # noqa: ANN401  JSON
    if not isinstance(given, dict):
        return None
    client = given.get("client") or {}
    return SimpleNamespace(
        client=SimpleNamespace(**{name: client.get(name) for name in _CLIENT}),
        custom=given.get("custom"),
        env=given.get("env"),
    )
