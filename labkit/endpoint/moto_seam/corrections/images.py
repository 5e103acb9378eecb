"""Images: made when somebody asks for one, not a thousand of them for each region in use."""

# ruff: noqa: ANN401  moto's objects are untyped, its signatures given, its attributes private

from __future__ import annotations

from functools import cache
from typing import Any

from botocore.utils import parse_timestamp
from moto.ec2.models.amis import AMIS, Ami, AmiBackend
from moto.utilities.utils import load_resource

from labkit.endpoint.moto_seam.corrections.substitution import instead_of

_CATALOGUES = ("latest_amis", "ecs/optimized_amis")


class Images(dict[str, Any]):
    """
    The images of one region by id; those of AWS's catalogue are made on demand.

    Args:
        ec2: moto's EC2 backend of the region.
    """

    def __init__(self, ec2: Any) -> None:
        super().__init__()
        self._ec2 = ec2
        self._made: set[str] = set()

    def __missing__(self, image_id: str) -> Any:
        if image_id not in self:
            raise KeyError(image_id)
        self._made.add(image_id)
        description = _catalogue(self._ec2.region_name)[image_id]
        self[image_id] = Ami(self._ec2, **description)
        return self[image_id]

    def __contains__(self, image_id: object) -> bool:
        listed = image_id in _catalogue(self._ec2.region_name) and image_id not in self._made
        return super().__contains__(image_id) or listed

    def pop(self, image_id: str, *default: Any) -> Any:
        """Remove an image, which need not have been made yet."""
        if image_id in self:
            self[image_id]
        return super().pop(image_id, *default)

    def make(self, image_ids: list[str] | None) -> None:
        """Make the images named, if they exist, or all."""
        for image_id in image_ids or _catalogue(self._ec2.region_name):
            if image_id in self:
                self[image_id]


@cache
def _catalogue(region: str) -> dict[str, dict[str, Any]]:
    """AWS's own images in *region*, by id."""
    listed = [dict(image) for image in AMIS]
    for name in _CATALOGUES:
        try:
            listed += load_resource(f"ec2/resources/{name}/{region}.json")
        except FileNotFoundError:
            continue  # moto has no images for some regions
    return {image["ami_id"]: _parsed(image) for image in listed}


def _parsed(image: dict[str, Any]) -> dict[str, Any]:
    created = image.get("creation_date")
    date = parse_timestamp(created) if isinstance(created, str) else created
    return {**image, "owner_alias": "amazon", "creation_date": date}


@instead_of(AmiBackend, "_load_amis")
def _load_images(_: Any, ec2: Any) -> None:
    ec2.amis = Images(ec2)


@instead_of(AmiBackend, "describe_images")
def _describe_images(
    original: Any, ec2: Any, ami_ids: list[str] | None = None, *args: Any, **kwargs: Any
) -> Any:
    ec2.amis.make(ami_ids)
    return original(ami_ids, *args, **kwargs)
