"""The change of an update: in memory two sets of quads, on disk a file in RDF Patch format.

A patch file is text with one row a quad. People, ``grep`` and Jena can read it::

    H id <urn:uuid:3f1c…> .
    TX .
    A <http://example.org/s> <http://example.org/p> "o" <http://example.org/g> .
    D <http://example.org/s> <http://example.org/p> "old" .
    TC .

Rows are sorted: the same change is always the same bytes. Header rows name the graphs that were
created or dropped while empty, which no quad can express.

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
    from pathlib import Path

T = TypeVar("T")

_CREATED: Final = "graph-created"
_DROPPED: Final = "graph-dropped"


@dataclass(slots=True)
class Patch:
    """The quads that an update added and removed, the named graphs that it created and dropped.

    Only effective changes: *added* was not in the store before, *removed* was.
    """

    added: set[ox.Quad] = field(default_factory=set)
    removed: set[ox.Quad] = field(default_factory=set)
    created: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.added or self.removed or self.created or self.dropped)

    def follow(self, later: Patch) -> None:
        """Append a later change, so that this patch is the composition of both."""
        _follow(self.added, self.removed, later.added, later.removed)
        _follow(self.created, self.dropped, later.created, later.dropped)

    def inverse(self) -> Patch:
        """Return the patch that undoes this one."""
        return Patch(set(self.removed), set(self.added), set(self.dropped), set(self.created))

    def graphs(self) -> set[str]:
        """Return the graphs that this patch changes; blank is the default graph."""
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
    """Return the patch of the update whose IRI is *identifier* as text."""
    rows = [f"H id <{identifier}> ."]
    rows += [f"H {_CREATED} <{graph}> ." for graph in sorted(patch.created)]
    rows += [f"H {_DROPPED} <{graph}> ." for graph in sorted(patch.dropped)]
    rows += ["TX ."]
    rows += sorted(f"D {quad} ." for quad in patch.removed)
    rows += sorted(f"A {quad} ." for quad in patch.added)
    rows += ["TC .", ""]
    return "\n".join(rows)


def write(patch: Patch, path: Path, *, identifier: str) -> str:
    """Write a patch file, atomic and durable, and return its SHA-256."""
    data = text_of(patch, identifier=identifier).encode()
    durable.write(path, data)
    return hashlib.sha256(data).hexdigest()


def read(path: Path, *, sha256: str | None = None) -> Patch:
    """Read the patch at *path*.

    Raises:
        StoreError: The file is missing or not a patch, or its hash differs from *sha256*.
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
            raise StoreError(f"{path.name} is not a patch: it has the row {line[:80]!r}")
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
