"""What an update changed, as quads: on disk in the RDF Patch format, in memory as sets.

A patch is text, one row a quad, and is read by people, by ``grep``, and by Jena::

    H id <urn:uuid:3f1c…> .
    TX .
    A <http://example.org/s> <http://example.org/p> "o" <http://example.org/g> .
    D <http://example.org/s> <http://example.org/p> "old" .
    TC .

Rows are sorted, so that the same change is always the same bytes (those of a bulk load are in
the order of the store). Named graphs that came
or went while they were empty are told in header rows, since no quad can tell them.

Source: A. Seaborne, "RDF Patch", version 2. https://afs.github.io/rdf-delta/rdf-patch.html
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

import pyoxigraph as ox

from agendagraph import durable
from agendagraph.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

T = TypeVar("T")

_CREATED: Final = "graph-created"
_DROPPED: Final = "graph-dropped"
END: Final = b"TC .\n"


@dataclass(slots=True)
class Patch:
    """Quads that an update added and removed, and the named graphs that came and went.

    Only what really changed is here: *added* was not there before, *removed* was.
    """

    added: set[ox.Quad] = field(default_factory=set)
    removed: set[ox.Quad] = field(default_factory=set)
    created: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.added or self.removed or self.created or self.dropped)

    def follow(self, later: Patch) -> None:
        """Add what happened next, so that this patch tells both together."""
        _follow(self.added, self.removed, later.added, later.removed)
        _follow(self.created, self.dropped, later.created, later.dropped)

    def inverse(self) -> Patch:
        """Return the patch that undoes this one."""
        return Patch(set(self.removed), set(self.added), set(self.dropped), set(self.created))

    def graphs(self) -> set[str]:
        """Return the named graphs that this patch touches; blank stands for the default one."""
        quads = {_graph_of(quad) for quad in (*self.added, *self.removed)}
        return quads | self.created | self.dropped


def _follow(added: set[T], removed: set[T], then_added: set[T], then_removed: set[T]) -> None:
    added.difference_update(cancelled := added & then_removed)
    removed |= then_removed - cancelled
    removed.difference_update(restored := removed & then_added)
    added |= then_added - restored


def _graph_of(quad: ox.Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""


def text_of(patch: Patch, *, identifier: str) -> str:
    """Return a patch as text.

    Args:
        patch: What changed.
        identifier: The IRI of the update that it belongs to.
    """
    rows = sorted(f"D {quad} .\n" for quad in patch.removed)
    rows += sorted(f"A {quad} .\n" for quad in patch.added)
    begin = head(identifier, created=patch.created, dropped=patch.dropped)
    return begin.decode() + "".join(rows) + END.decode()


def head(identifier: str, *, created: Iterable[str] = (), dropped: Iterable[str] = ()) -> bytes:
    """Return the rows before the changes; `END` comes behind them."""
    rows = [f"H id <{identifier}> ."]
    rows += [f"H {_CREATED} <{graph}> ." for graph in sorted(created)]
    rows += [f"H {_DROPPED} <{graph}> ." for graph in sorted(dropped)]
    return ("\n".join([*rows, "TX ."]) + "\n").encode()


def write(patch: Patch, path: Path, *, identifier: str) -> str:
    """Write a patch to the disk, atomic and durable, and return the SHA-256 of the file."""
    data = text_of(patch, identifier=identifier).encode()
    durable.write(path, data)
    return hashlib.sha256(data).hexdigest()


def read(path: Path, *, sha256: str | None = None) -> Patch:
    """Read the patch at *path*.

    Raises:
        StoreError: It is missing, is not the file of that hash, or is no patch.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StoreError(f"cannot read the patch {path.name}: {error.strerror}") from None
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
        raise StoreError(f"the patch {path.name} is damaged: its SHA-256 is not the recorded one")
    rows: dict[bytes, list[bytes]] = {b"A": [], b"D": [], b"H": [], b"T": []}
    for line in data.splitlines():
        kind, _, rest = line.partition(b" ")
        if kind[:1] not in rows:
            raise StoreError(f"{path.name} is no patch: it has the row {line[:80]!r}")
        rows[kind[:1]].append(rest)
    if b"TC ." not in data.splitlines()[-1:]:
        raise StoreError(f"the patch {path.name} is damaged: it does not end")
    patch = Patch(_quads(rows[b"A"], path.name), _quads(rows[b"D"], path.name))
    for row in rows[b"H"]:
        name, iri, _ = row.decode().split(" ", 2)
        if name in (_CREATED, _DROPPED):
            (patch.created if name == _CREATED else patch.dropped).add(iri.strip("<>"))
    return patch


def _quads(rows: list[bytes], name: str) -> set[ox.Quad]:
    try:
        return set(ox.parse(b"\n".join(rows), format=ox.RdfFormat.N_QUADS, lenient=True))
    except SyntaxError as error:
        raise StoreError(f"the patch {name} is damaged: {error}") from None
