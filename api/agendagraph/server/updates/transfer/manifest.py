"""The manifest of a backup or a dump, by which anybody can verify it.

It has the SHA-256 of each file. The content hash of the data does not depend on the order of
the quads: it is the sum of the SHA-256 of every quad as a line of N-Quads. Two stores with the
same quads have the same content hash, however they are serialised.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

from agendagraph.errors import StoreError
from agendagraph.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pyoxigraph as ox

NAME: Final = "manifest.json"
_BITS: Final = 256


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of a backup or a dump of a generation.

    ``content`` is the content hash, ``files`` has the SHA-256 of each file by its path, and
    ``made_by`` is the version of this package.
    """

    generation: str
    quads: int
    content: str
    files: dict[str, str] = field(default_factory=dict)
    empty_graphs: list[str] = field(default_factory=list)
    made_by: str = __version__

    def write(self, path: Path) -> None:
        """Write it to *path*."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    def verify(self, quads: Iterable[ox.Quad], name: str) -> None:
        """Compare it with the data.

        Raises:
            StoreError: The number of quads or the content hash differs.
        """
        count, content = content_of(quads)
        if count != self.quads:
            raise StoreError(f"{name} has {count:,} quads; its manifest says {self.quads:,}")
        if content != self.content:
            raise StoreError(f"{name} is damaged: its content hash differs from its manifest")


def read(path: Path) -> Manifest:
    """Read the manifest at *path*.

    Raises:
        StoreError: It is missing or not a manifest.
    """
    try:
        return Manifest(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(f"cannot read the manifest {path}: {error}") from None


def content_of(quads: Iterable[ox.Quad]) -> tuple[int, str]:
    """Return the number of quads and their content hash.

    >>> import pyoxigraph as ox
    >>> a, b = ox.parse("<x:a> <x:b> 1 . <x:a> <x:b> 2 .", format=ox.RdfFormat.TURTLE)
    >>> content_of([a, b]) == content_of([b, a])
    True
    """
    count = total = 0
    for quad in quads:
        count += 1
        total += int.from_bytes(hashlib.sha256(str(quad).encode()).digest())
    return count, f"{total % (1 << _BITS):064x}"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
