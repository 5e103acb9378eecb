"""Puts a function in the place of an attribute of one of moto's classes, while we are at work."""

# ruff: noqa: ANN401  moto's objects are untyped, its signatures given, its attributes private

from __future__ import annotations

from functools import partial, wraps
from typing import TYPE_CHECKING, Any

from labkit.endpoint.moto_seam import isolation

if TYPE_CHECKING:
    from collections.abc import Callable


def instead_of(owner: type, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """
    A decorator that puts a function in the place of *name* of *owner*.

    The function gets the original, bound if it is a method, before its own arguments.  Outside
    of :func:`labkit.endpoint.moto_seam.isolation.active` the original acts.
    """
    original = vars(owner).get(name, getattr(owner, name))

    def put_in(correction: Callable[..., Any]) -> Callable[..., Any]:
        if isinstance(original, property):
            setattr(owner, name, property(_switch(original.fget, correction)))
        elif isinstance(original, staticmethod):
            setattr(owner, name, staticmethod(_plain_switch(original, correction)))
        else:
            setattr(owner, name, _switch(original, correction))
        return correction

    return put_in


def _switch(original: Any, correction: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def either(self: Any, *args: Any, **kwargs: Any) -> Any:
        if isolation.at_work():
            return correction(partial(original, self), self, *args, **kwargs)
        return original(self, *args, **kwargs)

    return either


def _plain_switch(original: Any, correction: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def either(*args: Any, **kwargs: Any) -> Any:
        if isolation.at_work():
            return correction(original, *args, **kwargs)
        return original(*args, **kwargs)

    return either
