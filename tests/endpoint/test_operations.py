"""The register of operations: who answers, and who acts around."""

from __future__ import annotations

import pytest

from labkit.endpoint import operations
from labkit.endpoint.operations import AwsError, after, before, handler_of, hooks, operation


@pytest.fixture
def register(monkeypatch):
    """An empty register, for one test."""
    monkeypatch.setattr(operations, "_HANDLERS", {})
    monkeypatch.setattr(operations, "_HOOKS", {"before": [], "after": []})
    operations.hooks.cache_clear()
    yield
    operations.hooks.cache_clear()


@pytest.mark.usefixtures("register")
def test_an_operation_is_answered_by_who_registered_for_it():
    @operation("logs", "StartQuery")
    def start_query(_):
        return {}

    assert handler_of("logs", "StartQuery") is start_query
    assert handler_of("logs", "StopQuery") is None


@pytest.mark.usefixtures("register")
def test_nobody_registers_for_an_operation_twice():
    operation("logs", "StartQuery")(lambda _: {})
    with pytest.raises(ValueError, match="logs:StartQuery is answered twice"):
        operation("logs", "StartQuery")(lambda _: {})


@pytest.mark.usefixtures("register")
def test_hooks_act_in_the_order_they_registered():
    first = before("logs", "*")(lambda _: None)
    second = before("logs", "Get*")(lambda _: None)
    third = after("logs", "*")(lambda _: None)
    assert hooks("before", "logs", "GetLogEvents") == (first, second)
    assert hooks("before", "logs", "PutLogEvents") == (first,)
    assert hooks("after", "logs", "PutLogEvents") == (third,)
    assert hooks("before", "ec2", "GetLogEvents") == ()


def test_an_error_carries_the_members_of_its_shape():
    error = AwsError("MalformedQueryException", "no", 400, queryCompileError={"message": "x"})
    assert (error.code, error.message, error.status) == ("MalformedQueryException", "no", 400)
    assert error.queryCompileError == {"message": "x"}
    assert str(error) == "MalformedQueryException: no"
