"""
moto's state, chance and time, one set for each application.

moto keeps its state in module globals: a ``BackendDict`` for each service, a
random number generator for ids, a few class attributes, and the machine's
clock.  While an application answers, its own set is put in their place, and
whatever was there before (another application, or a user's ``mock_aws``) is
put back afterwards.
"""

from __future__ import annotations

import datetime as dt
import warnings
import weakref
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from moto import backends as moto_backends
from moto.core import common_models
from moto.core import utils as moto_utils
from moto.core.base_backend import AccountSpecificBackend, BackendDict, backend_lock
from moto.ec2.models import EC2Backend
from moto.ec2.models import vpcs as ec2_vpcs
from moto.moto_api._internal import managed_state_model, mock_random
from moto.s3 import models as s3_models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.endpoint.clock import Clock

SHARED_DICTIONARIES: Final[tuple[dict[Any, Any], ...]] = (
    EC2Backend.backend_refs,
    EC2Backend.vpc_pcx_refs,
    EC2Backend.vpc_refs,
    ec2_vpcs.DEFAULT_VPC_ENDPOINT_SERVICES,
    s3_models.s3_backends.bucket_accounts,
)
"""What moto keeps for all accounts and regions together, outside its stores."""

CLOCKED_MODULES: Final[tuple[Any, ...]] = (moto_utils, s3_models, managed_state_model)
"""The modules through which moto reads the time; all others ask ``moto.core.utils``."""

_STORES_IN_USE: Final[list[BackendDict[Any]]] = vars(BackendDict)["_instances"]
_at_work: MotoState | None = None
_track_and_create = common_models.BaseModel.__new__


@dataclass(eq=False)
class MotoState:
    """
    Everything moto remembers for one application.

    Args:
        seed: Decides all ids.
        account_id: The account that owns everything.
        clock: What moto takes for the time.
    """

    seed: int
    account_id: str
    clock: Clock
    stores: list[tuple[BackendDict[Any], dict[str, Any]]] = field(default_factory=list)
    shared: list[dict[Any, Any]] = field(default_factory=list)
    chance: dict[str, Any] = field(default_factory=dict)
    files: list[weakref.ref[Any]] = field(default_factory=list)
    depth: int = 0

    @cached_property
    def datetime_module(self) -> SimpleNamespace:
        """A stand-in for the ``datetime`` module whose present is the clock's."""
        return SimpleNamespace(**{**vars(dt), "datetime": _datetime_class(self.clock)})

    def chance_state(self, stream: str) -> Any:  # noqa: ANN401  opaque, as random.getstate says
        """The state of a stream of random numbers; streams do not disturb each other."""
        if stream not in self.chance:
            self.chance[stream] = Random(f"{self.seed}/{stream}").getstate()  # noqa: S311  ids, no secrets
        return self.chance[stream]


@contextmanager
def active(state: MotoState, stream: str) -> Iterator[None]:
    """
    A span in which moto works on *state* and draws from the random *stream*.

    Nested spans of the same state keep the outer span's stream.  No two
    threads are ever inside at once.
    """
    with backend_lock:
        if state.depth:
            yield
            return
        outside = _take_out(), mock_random.getstate(), _at_work
        clocks = _set_clocks(state.datetime_module)
        _put_in(state.stores, state.shared)
        mock_random.setstate(state.chance_state(stream))
        state.depth = 1
        _set_at_work(state)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # moto warns about choices we make on purpose
                yield
        finally:
            state.depth = 0
            state.chance[stream] = mock_random.getstate()
            state.stores, state.shared = _take_out()
            _put_in(*outside[0])
            mock_random.setstate(outside[1])
            _restore_clocks(clocks)
            _set_at_work(outside[2])


def at_work() -> bool:
    """Whether moto works for an application of ours at this moment."""
    return _at_work is not None


def now() -> float:
    """
    The time of the application moto works for [Unix s].

    Raises:
        RuntimeError: It works for none.
    """
    if _at_work is None:
        raise RuntimeError("moto works for no application, so there is no clock to ask.")
    return _at_work.clock.now()


def backend(state: MotoState, service: str, region: str) -> Any:  # noqa: ANN401  moto's classes differ
    """
    The state of *service* in *region*, made on first use.

    What moto puts into a fresh region, a default VPC for example, gets ids that
    depend on seed, service and region alone.

    Raises:
        KeyError: AWS has no such service, or the service no such region.
    """
    of_account = store_of(service)[state.account_id]
    _forget_cached_regions()
    place = region if region in of_account else "aws"
    if not dict.__contains__(of_account, place):
        outside = mock_random.getstate()
        mock_random.setstate(state.chance_state(f"{service}/{place}"))
        try:
            of_account[place]
        finally:
            mock_random.setstate(outside)
    return of_account[place]


def regions(state: MotoState, service: str) -> list[str]:
    """Regions in which moto keeps something of *service* for *state*, sorted."""
    return sorted(dict.keys(store_of(service)[state.account_id]))


def let_go(state: MotoState) -> None:
    """Drop all that moto holds for *state*, S3's temporary files first."""
    for reference in state.files:
        key = reference()
        if key is not None:
            key.dispose()
    state.stores.clear()
    state.shared.clear()


def store_of(service: str) -> BackendDict[Any]:
    """
    The module global in which moto keeps *service*.

    Raises:
        KeyError: moto has no such service.
    """
    try:
        store: BackendDict[Any] = moto_backends.get_backend(service)  # type: ignore[call-overload]
    except ImportError as missing:
        raise KeyError(service) from missing
    return store


def _take_out() -> tuple[list[tuple[BackendDict[Any], dict[str, Any]]], list[dict[Any, Any]]]:
    stores = [(store, dict(store)) for store in _STORES_IN_USE]
    shared = [dict(dictionary) for dictionary in SHARED_DICTIONARIES]
    for dictionary in (*_STORES_IN_USE, *SHARED_DICTIONARIES):
        dictionary.clear()
    _STORES_IN_USE.clear()
    return stores, shared


def _put_in(
    stores: list[tuple[BackendDict[Any], dict[str, Any]]], shared: list[dict[Any, Any]]
) -> None:
    for store, content in stores:
        dict.update(store, content)
        _STORES_IN_USE.append(store)
    for dictionary, shared_content in zip(SHARED_DICTIONARIES, shared, strict=False):
        dictionary.update(shared_content)


def _forget_cached_regions() -> None:
    # moto caches the regions for each store, and with them the store and all it holds, for good.
    cached = AccountSpecificBackend._generate_regions  # noqa: SLF001  no public way to it
    if cached.cache_info().currsize:
        cached.cache_clear()


class _KindOfDatetime(type):
    """Makes real datetimes instances of the stand-in, as ``isinstance`` checks expect."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, dt.datetime)


def _datetime_class(clock: Clock) -> type:
    class ClockedDatetime(dt.datetime, metaclass=_KindOfDatetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
            return dt.datetime.fromtimestamp(clock.now(), tz or dt.UTC).replace(tzinfo=tz)

    return ClockedDatetime


def _set_clocks(stand_in: SimpleNamespace) -> list[tuple[Any, Any]]:
    seen = [(module, module.datetime) for module in CLOCKED_MODULES]
    for module, its_datetime in seen:
        is_class = isinstance(its_datetime, type)
        module.datetime = stand_in.datetime if is_class else stand_in
    return seen


def _restore_clocks(seen: list[tuple[Any, Any]]) -> None:
    for module, its_datetime in seen:
        module.datetime = its_datetime


def _set_at_work(state: MotoState | None) -> None:
    global _at_work  # noqa: PLW0603  moto's own tracking is global, so its switch is
    _at_work = state


def _create(cls: type[Any], *args: object, **kwargs: object) -> Any:  # noqa: ANN401  a model
    """A new moto model; one of ours is not entered in moto's ever-growing list of instances."""
    if _at_work is None:
        return _track_and_create(cls, *args, **kwargs)
    made = super(common_models.BaseModel, cls).__new__(cls)
    if issubclass(cls, s3_models.FakeKey):
        _at_work.files.append(weakref.ref(made))
    return made


common_models.BaseModel.__new__ = staticmethod(_create)  # type: ignore[method-assign]
