"""
What a function is: its settings, its code, who may invoke it.

Source: AWS Lambda API Reference, "FunctionConfiguration".
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.operations import AwsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from labkit.endpoint.application import EmbeddedAws
    from labkit.endpoint.functions.alias import Alias
    from labkit.endpoint.functions.package import Package

LATEST: Final = "$LATEST"
"""The version of a function that changes; those that were published do not."""

_IDENTIFIER: Final = re.compile(
    r"(?:arn:aws[a-zA-Z-]*:lambda:(?P<region>[a-z0-9-]+):)?"
    r"(?:(?P<account>\d{12}):)?(?:function:)?"
    r"(?P<name>[a-zA-Z0-9_-]+)(?::(?P<qualifier>\$LATEST|[a-zA-Z0-9_-]+))?"
)

_COLONS: Final = 6  # of an ARN without a version


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """
    A function as it stands.

    Args:
        arn: Its ARN, without a version.
        version: A number, if it is one of those that were published.
        alias: The name it was found by, if that was an alias of the version.
        runtime: As in ``python3.12``.
        role: ARN of the role it acts as.
        handler: Where it begins: ``module.function``.
        package: Its code.
        timeout_s: How long one invocation may take [s].
        memory_mb: What it may use [MB].
        environment: Its environment variables.
        log_group: Where its lines go.
        modified_s: When it last changed [Unix s].
        revision: An id that changes with it.
        policy: Statements about who may invoke it, by their id.
        reserved: How many may run at once; 0 stops them all, None is not limited.
        retries: How often an event that failed is tried again, if that was chosen.
        retries_set_s: When that was chosen [Unix s].
    """

    name: str
    arn: str
    runtime: str
    role: str
    handler: str
    package: Package
    description: str
    timeout_s: int
    memory_mb: int
    storage_mb: int
    architecture: str
    environment: Mapping[str, str]
    log_group: str
    modified_s: float
    revision: str
    tags: Mapping[str, str] = field(default_factory=dict)
    policy: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    policy_revision: str = ""
    reserved: int | None = None
    retries: int | None = None
    retries_set_s: float = 0.0
    version: str = LATEST
    alias: str = ""

    @property
    def qualified_arn(self) -> str:
        """Its ARN with the alias or the version that it is."""
        return f"{self.arn}:{self.alias or self.version}"

    @property
    def invoked_arn(self) -> str:
        """The ARN it is invoked by: of an alias or a version that was published, with that."""
        is_plain = self.version == LATEST and not self.alias
        return self.arn if is_plain else self.qualified_arn

    @property
    def made_of(self) -> tuple[object, ...]:
        """What a version is published for: code and settings."""
        settings = self.runtime, self.role, self.handler, self.environment, self.log_group
        sizes = self.timeout_s, self.memory_mb, self.storage_mb, self.architecture
        return self.package.sha256, *settings, *sizes

    @property
    def region(self) -> str:
        """The Region it is in."""
        return self.arn.split(":")[3]

    def configuration(self) -> dict[str, Any]:
        """The function as AWS shows it."""
        modified = datetime.fromtimestamp(self.modified_s, UTC)
        return {
            "FunctionName": self.name,
            "FunctionArn": self.invoked_arn,
            "Runtime": self.runtime,
            "Role": self.role,
            "Handler": self.handler,
            "CodeSize": self.package.size_bytes,
            "Description": self.description,
            "Timeout": self.timeout_s,
            "MemorySize": self.memory_mb,
            "LastModified": f"{modified:%Y-%m-%dT%H:%M:%S}.{modified.microsecond // 1000:03}+0000",
            "CodeSha256": self.package.sha256,
            "Version": self.version,
            **({"Environment": {"Variables": dict(self.environment)}} if self.environment else {}),
            "TracingConfig": {"Mode": "PassThrough"},
            "RevisionId": self.revision,
            "State": "Active",
            "LastUpdateStatus": "Successful",
            "PackageType": "Zip",
            "Architectures": [self.architecture],
            "EphemeralStorage": {"Size": self.storage_mb},
            "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
            "LoggingConfig": {"LogFormat": "Text", "LogGroup": self.log_group},
        }


class Functions:
    """All functions of one application; ``aws.extension(Functions)``."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws
        self._by_arn: dict[str, Function] = {}
        self._published: dict[str, dict[str, Function]] = {}
        self._aliases: dict[str, dict[str, Alias]] = {}
        self._last_number: Counter[str] = Counter()

    def arn(self, region: str, name: str) -> str:
        """The ARN of a function of that name."""
        return f"arn:aws:lambda:{region}:{self._aws.settings.account_id}:function:{name}"

    def find(self, region: str, identifier: str, qualifier: str | None = None) -> Function:
        """
        The function that a name, a part of an ARN or an ARN stands for.

        Raises:
            AwsError: There is none, or not in this version.
        """
        arn, named = self.address(region, identifier, qualifier)
        wanted = f"{arn}:{named}" if named else arn
        found = self.get(wanted)
        if found is None:
            raise no_such_function(wanted)
        return found

    def address(
        self, region: str, identifier: str, qualifier: str | None = None
    ) -> tuple[str, str | None]:
        """
        The ARN of a function, and the version or alias that is named with it, if one is.

        Raises:
            AwsError: No function can be named so.
        """
        match = _IDENTIFIER.fullmatch(identifier)
        if match is None or match["account"] not in (None, self._aws.settings.account_id):
            raise no_such_function(identifier)
        return self.arn(match["region"] or region, match["name"]), match["qualifier"] or qualifier

    def get(self, arn: str) -> Function | None:
        """The function of an ARN, if there is one; a version or an alias may be at its end."""
        name, qualifier = arn, LATEST
        if arn.count(":") > _COLONS:
            name, _, qualifier = arn.rpartition(":")
        latest, alias = self._by_arn.get(name), self._aliases.get(name, {}).get(qualifier)
        version = qualifier if alias is None else alias.version
        found = latest if version == LATEST else self._published.get(name, {}).get(version)
        if latest is None or found is None:
            return None
        found = replace(found, reserved=latest.reserved, tags=latest.tags)
        return found if alias is None else alias.of(found)

    def keep(self, function: Function) -> None:
        """Add a function, or put it in the place of what it was; of an alias, what is its own."""
        if function.alias:
            alias = self._aliases[function.arn][function.alias]
            self.keep_alias(alias.with_what_is_its_own(function))
        elif function.version == LATEST:
            self._by_arn[function.arn] = function
        else:
            self._published[function.arn][function.version] = function

    def publish(self, function: Function, revision: str, description: str | None) -> Function:
        """
        A function as it stands, under the next number; the last one if nothing has changed.

        Args:
            function: The function.
            revision: An id for the new version.
            description: In place of the function's own.
        """
        published = self._published.setdefault(function.arn, {})
        last = next(reversed(published.values()), None)
        if last is not None and last.made_of == function.made_of:
            return last
        self._last_number[function.arn] += 1
        new = replace(
            function,
            version=str(self._last_number[function.arn]),
            revision=revision,
            description=function.description if description is None else description,
            alias="",
            policy={},
            retries=None,
        )
        published[new.version] = new
        return new

    def versions(self, function: Function) -> list[Function]:
        """A function as it is now, and all that were published of it."""
        return [self._by_arn[function.arn], *self._published.get(function.arn, {}).values()]

    def remove(self, function: Function) -> None:
        """Take a function away with all its versions and aliases, or a single version."""
        if function.version != LATEST:
            del self._published[function.arn][function.version]
            return
        del self._by_arn[function.arn]
        for each in (self._published, self._aliases, self._last_number):
            each.pop(function.arn, None)

    def aliases(self, function: Function) -> list[Alias]:
        """The aliases of a function's versions, by name."""
        return [alias for _, alias in sorted(self._aliases.get(function.arn, {}).items())]

    def keep_alias(self, alias: Alias) -> None:
        """Add an alias, or put it in the place of what it was."""
        self._aliases.setdefault(alias.function_arn, {})[alias.name] = alias

    def remove_alias(self, function: Function, name: str) -> None:
        """Take an alias away, if there is one of that name."""
        self._aliases.get(function.arn, {}).pop(name, None)

    def of_region(self, region: str) -> Iterator[Function]:
        """The functions of a Region, by name."""
        found = (each for each in self._by_arn.values() if each.region == region)
        return iter(sorted(found, key=lambda each: each.name))


def no_such_function(arn: str) -> AwsError:
    """The error for a function that is not there."""
    return AwsError("ResourceNotFoundException", f"Function not found: {arn}", 404, Type="User")
