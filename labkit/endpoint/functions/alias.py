"""
An alias: a name for one version of a function, which callers need not change when the version does.

Who may invoke it, and how often an event for it is tried again, is its own.

Source: AWS Lambda API Reference, "AliasConfiguration"; AWS Lambda Developer
Guide, "Using Lambda aliases in resource policies".
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labkit.endpoint.functions.function import Function


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """
    An alias as it stands.

    Args:
        name: Its name; no number, as those are versions.
        function_arn: ARN of the function, without a version.
        version: The version it stands for, or ``$LATEST``.
        description: What it is for.
        revision: An id that changes with it.
        policy: Statements about who may invoke it, by their id.
        policy_revision: An id that changes with them.
        retries: How often an event that failed is tried again, if that was chosen.
        retries_set_s: When that was chosen [Unix s].
    """

    name: str
    function_arn: str
    version: str
    description: str
    revision: str
    policy: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    policy_revision: str = ""
    retries: int | None = None
    retries_set_s: float = 0.0

    @property
    def arn(self) -> str:
        """The ARN that callers know it by."""
        return f"{self.function_arn}:{self.name}"

    def of(self, version: Function) -> Function:
        """The version it stands for, as those see it who name the alias."""
        return replace(
            version,
            alias=self.name,
            policy=self.policy,
            policy_revision=self.policy_revision,
            retries=self.retries,
            retries_set_s=self.retries_set_s,
        )

    def with_what_is_its_own(self, function: Function) -> Alias:
        """The alias with what was changed of a function that was found by it."""
        return replace(
            self,
            policy=function.policy,
            policy_revision=function.policy_revision,
            retries=function.retries,
            retries_set_s=function.retries_set_s,
        )

    def configuration(self) -> dict[str, Any]:
        """The alias as AWS shows it."""
        return {
            "AliasArn": self.arn,
            "Name": self.name,
            "FunctionVersion": self.version,
            "Description": self.description,
            "RevisionId": self.revision,
        }
