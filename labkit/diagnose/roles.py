"""A delivery role as IAM describes it: may flow logs assume it, and may it write?"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# Source: Amazon VPC User Guide, "IAM role for publishing flow logs to CloudWatch Logs".
SERVICE: Final = "vpc-flow-logs.amazonaws.com"
NEEDED_ACTIONS: Final = ("logs:CreateLogStream", "logs:PutLogEvents")


@dataclass(frozen=True, slots=True)
class Role:
    """
    A delivery role as IAM describes it.

    Args:
        arn: Its ARN.
        trust: Its trust policy.
        permissions: Every policy that says what it may do.
    """

    arn: str
    trust: Mapping[str, Any]
    permissions: tuple[Mapping[str, Any], ...] = ()

    @property
    def is_trusting(self) -> bool:
        """Whether flow logs may assume it, for all that the principals say."""
        return any(
            SERVICE in _listed((each.get("Principal") or {}).get("Service", []))
            for each in _allowing(self.trust)
            if isinstance(each.get("Principal"), dict)
        )

    @property
    def principals(self) -> list[Any]:
        """Everybody who may assume it."""
        return [each.get("Principal") for each in _allowing(self.trust)]

    @property
    def delivers(self) -> bool:
        """Whether flow logs can write with it, for all that its policies say."""
        return self.is_trusting and not self.lacks()

    def lacks(self) -> list[str]:
        """Actions that delivery needs and no policy allows."""
        allowed = [
            action
            for policy in self.permissions
            for each in _allowing(policy)
            for action in _listed(each.get("Action", []))
        ]
        return [
            need
            for need in NEEDED_ACTIONS
            if not any(fnmatchcase(need.lower(), action.lower()) for action in allowed)
        ]


def _allowing(policy: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = _listed(policy.get("Statement", []))
    return [each for each in found if each.get("Effect") == "Allow"]


def _listed(value: Any) -> list[Any]:  # noqa: ANN401  policies have one thing or a list of things
    return value if isinstance(value, list) else [value]
