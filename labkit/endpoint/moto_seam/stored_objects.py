"""Objects in moto's buckets, read as bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moto.s3.models import S3Backend


def has_bucket(backend: S3Backend, name: str) -> bool:
    """Whether there is a bucket of that name."""
    return name in backend.buckets


def content(backend: S3Backend, bucket: str, key: str) -> bytes | None:
    """What an object of a bucket that is there holds; None if there is no such object."""
    found = backend.get_object(bucket, key)
    value: bytes | None = None if found is None else found.value
    return value
