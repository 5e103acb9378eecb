"""
Whether something is a policy by IAM's grammar; whom and what it is about is another matter.

Source: IAM User Guide, "Grammar of the IAM JSON policy language".
"""

from __future__ import annotations

from typing import Any, Final

_KINDS_OF_PRINCIPAL: Final = frozenset({"AWS", "CanonicalUser", "Federated", "Service"})
_EFFECTS: Final = ("Allow", "Deny")


def is_policy(document: Any) -> bool:  # noqa: ANN401  JSON of a caller's
    """
    Whether a document, read from JSON, is a policy.

    >>> is_policy({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sqs:*"}})
    True
    >>> is_policy({"Statement": [{"Effect": "Allow", "Principal": "me", "Action": "sqs:*"}]})
    False
    """
    statements = document.get("Statement") if isinstance(document, dict) else None
    if isinstance(statements, dict):
        return _is_statement(statements)
    return isinstance(statements, list) and bool(statements) and all(map(_is_statement, statements))


def is_principal(value: Any) -> bool:  # noqa: ANN401
    """Whether something is a principal: ``"*"``, or names by the kind they are of."""
    if isinstance(value, dict):
        known = bool(value) and value.keys() <= _KINDS_OF_PRINCIPAL
        return known and all(map(_is_one_or_some, value.values()))
    return bool(value == "*")


def _is_statement(value: Any) -> bool:  # noqa: ANN401
    if not isinstance(value, dict) or value.get("Effect") not in _EFFECTS:
        return False
    return (
        _is_one_or_some(value.get("Action", value.get("NotAction")))
        and _is_one_or_some(value.get("Resource", value.get("NotResource", "*")))
        and is_principal(value.get("Principal", value.get("NotPrincipal", "*")))
        and _is_condition(value.get("Condition", {}))
    )


def _is_one_or_some(value: Any) -> bool:  # noqa: ANN401
    if isinstance(value, list):
        return bool(value) and all(isinstance(each, str) for each in value)
    return isinstance(value, str)


def _is_condition(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, dict) and all(isinstance(each, dict) for each in value.values())
