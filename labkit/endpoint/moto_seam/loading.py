"""
Brings moto in, before any other module here does.

moto reads the machine's AWS configuration while it loads, and fails if that
names a profile that does not exist; and it loads a table of which instance
type is on offer in which zone of the world, 40 MB of it.  Neither is a lab's
concern.
"""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

PROFILE_VARIABLES: Final = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
_OFFERINGS: Final = "ec2/resources/instance_type_offerings"


@contextmanager
def _without_profile() -> Iterator[None]:
    hidden = {name: os.environ.pop(name) for name in PROFILE_VARIABLES if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(hidden)


class _Offerings(dict[str, Any]):
    """
    The instance types on offer, by region; each region's list is read when it is asked for.

    Args:
        location_type: ``region``, ``availability-zone`` or ``availability-zone-id``.
    """

    def __init__(self, location_type: str) -> None:
        super().__init__()
        self._location_type = location_type

    def __missing__(self, region: str) -> Any:  # noqa: ANN401  moto's data
        load = import_module("moto.utilities.utils").load_resource
        try:
            listed = load(f"{_OFFERINGS}/{self._location_type}/{region}.json")
        except FileNotFoundError as missing:
            raise KeyError(region) from missing
        self[region] = [{**each, "LocationType": self._location_type} for each in listed]
        return self[region]

    def get(self, region: str, default: Any = None) -> Any:  # noqa: ANN401  moto's data
        """The list of *region*, or *default*."""
        try:
            return self[region]
        except KeyError:
            return default


def _load() -> None:
    with _without_profile():
        import_module("moto.ec2.models")
        import_module("moto.core.base_backend").AccountSpecificBackend.get_session()
    offerings = import_module("moto.ec2.models.instance_types").INSTANCE_TYPE_OFFERINGS
    for location_type in offerings:
        offerings[location_type] = _Offerings("".join(location_type))
    gc.collect()  # or the memory stays with Python


_load()
