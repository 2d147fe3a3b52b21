"""Say what a backup or a dump holds, so that anybody can check that it still does.

Files have their SHA-256. The data has a hash of its own, which does not depend on the order
of the quads: the sum of the SHA-256 of every quad as a line of N-Quads. Two stores with the
same quads have the same one, however they are written.
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
    """What something holds.

    Attributes:
        generation: The generation of the store that it was made from.
        quads: How many quads it holds.
        content: The hash of the quads, in hexadecimal.
        files: The SHA-256 of each file, by its path.
        empty_graphs: Named graphs that exist and hold nothing.
        made_by: The version of this package.
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

    def hold(self, quads: int, content: str, name: str) -> None:
        """Compare it with what was counted.

        Raises:
            StoreError: Count or hash differ.
        """
        if quads != self.quads:
            raise StoreError(f"{name} holds {quads:,} quads; its manifest says {self.quads:,}")
        if content != self.content:
            raise StoreError(f"{name} is damaged: the hash of its quads is not its manifest's")


def read(path: Path) -> Manifest:
    """Read the manifest at *path*.

    Raises:
        StoreError: It is missing, or is no manifest.
    """
    try:
        return Manifest(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(f"cannot read the manifest {path}: {error}") from None


def content_of(quads: Iterable[ox.Quad]) -> tuple[int, str]:
    """Return the number of quads and their hash.

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
