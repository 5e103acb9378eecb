"""
The code of a function: a zip file, taken only if it can be unpacked.

Source: AWS Lambda Developer Guide, "Lambda quotas"; wording of AWS's errors in
public bug reports.
"""

from __future__ import annotations

import base64
import hashlib
import io
import lzma
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from labkit.endpoint.operations import AwsError

if TYPE_CHECKING:
    from pathlib import Path

MOST_ZIPPED_BYTES: Final = 50 * 1024 * 1024
"""How long a zip file in a request may be."""

MOST_UNZIPPED_BYTES: Final = 262_144_000
"""How much may be in it."""

_CANNOT_UNZIP: Final = (
    "Could not unzip uploaded file. Please check your file, then try to upload again."
)
_DAMAGED: Final = (
    zipfile.BadZipFile,  # no zip file, or a checksum that is not that of the data
    zlib.error,
    lzma.LZMAError,
    OSError,  # how bz2 says that its data are damaged
    EOFError,  # data that end too early
    ValueError,  # an offset before the beginning, a name that is no UTF-8
    RuntimeError,  # encryption; NotImplementedError: a compression that Python does not know
)
"""What zipfile raises when it cannot read a file; which one, the file decides."""


def invalid(message: str) -> AwsError:
    """The error for a parameter that cannot be."""
    return AwsError("InvalidParameterValueException", message, Type="User")


@dataclass(frozen=True, slots=True)
class Package:
    """A zip file that has been read from end to end."""

    content: bytes

    @classmethod
    def of(cls, content: bytes) -> Package:
        """
        The package in a zip file.

        Raises:
            AwsError: It is empty, damaged, encrypted or too large.
        """
        if len(content) > MOST_ZIPPED_BYTES:
            raise AwsError(
                "RequestEntityTooLargeException",
                f"Request must be smaller than {MOST_ZIPPED_BYTES} bytes for the zip file",
                413,
            )
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                if sum(each.file_size for each in archive.infolist()) > MOST_UNZIPPED_BYTES:
                    limit = f"Unzipped size must be smaller than {MOST_UNZIPPED_BYTES} bytes"
                    raise invalid(limit)
                if not any(not each.is_dir() for each in archive.infolist()):
                    raise invalid("Uploaded file must be a non-empty zip")
                if archive.testzip() is not None:
                    raise invalid(_CANNOT_UNZIP)
        except _DAMAGED as damaged:
            raise invalid(_CANNOT_UNZIP) from damaged
        return cls(content)

    @property
    def size_bytes(self) -> int:
        """How long the zip file is."""
        return len(self.content)

    @property
    def sha256(self) -> str:
        """What AWS tells versions of code apart by."""
        return base64.b64encode(hashlib.sha256(self.content).digest()).decode()

    def unpack(self, directory: Path) -> None:
        """Put the files into a directory; none lands outside of it, whatever it is named."""
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            archive.extractall(directory)
