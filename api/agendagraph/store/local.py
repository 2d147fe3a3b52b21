"""Stores of this machine: in memory, and in a directory that one process may write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from agendagraph.errors import QueryError, StoreError
from agendagraph.rdf.reading import quads_of_file, rdf_files
from agendagraph.sparql.query_syntax import has_dataset_clause
from agendagraph.sparql.syntax_errors import syntax_error
from agendagraph.store.generations import MARK, check_layout, current_generation
from agendagraph.store.integrity import check_tables, table_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from agendagraph.store.backend import QueryAnswer

_REASONS: Final = (
    ("lock hold by current process", "it is already open in this process"),
    ("While lock file", "another process has it open"),
    ("No space left on device", "the disk is full"),
    ("Corruption", "it is damaged"),
    ("Permission denied", "permission denied"),
    ("Read-only file system", "the file system is read-only"),
)
"""Parts of RocksDB's messages, and the reason in our words."""

_TABLE: Final = re.compile(r"(\d+\.sst)")
_TRIES: Final = 5


class LocalStore:
    """A store of this process, over `pyoxigraph.Store`."""

    def __init__(self, store: ox.Store, *, generation: Path | None = None) -> None:
        """Answer from *store*, which stays the caller's to change.

        Args:
            store: The store.
            generation: Its folder, to verify its tables before the first query.
        """
        self.oxigraph: Final = store
        self._unchecked = generation

    def query(self, text: str) -> QueryAnswer:
        """Answer a SPARQL query; see `query`.

        Raises:
            QuerySyntaxError: *text* does not parse.
            QueryError: *text* parses and cannot be answered.
            StoreError: The store is damaged.
        """
        if self._unchecked is not None:
            check_tables(self._unchecked, self._unchecked.parent.parent)
            self._unchecked = None
        # Oxigraph's union would also override a FROM clause.
        union = not has_dataset_clause(text)
        try:
            return self.oxigraph.query(text, use_default_graph_as_union=union)
        except SyntaxError as error:
            raise syntax_error(error, text) from None
        except (ValueError, RuntimeError, OSError) as error:
            raise QueryError(str(error)) from None

    def quads(self) -> Iterator[ox.Quad]:
        """Yield everything in the store, in the store's order."""
        return iter(self.oxigraph)

    def __len__(self) -> int:
        """Return the number of quads, which takes a scan of the store."""
        return len(self.oxigraph)


def open_memory() -> LocalStore:
    """Return an empty store in memory."""
    return LocalStore(ox.Store())


def open_directory(path: Path, *, create: bool = False) -> LocalStore:
    """Open the store in the directory *path*, for reading and writing.

    One process may have it open, once; the store is released when the object is.

    Args:
        path: A directory of RocksDB's, as this function or ``oxigraph`` made it.
        create: Whether to make a store where there is none.

    Raises:
        StoreError: There is no store there (and *create* is false), the directory holds
            something else, or the store is locked, damaged, on a full disk or forbidden.
    """
    if path.exists() and not path.is_dir():
        raise StoreError(f"cannot open the store {path}: it is a file, not a directory")
    is_store = (path / "CURRENT").is_file()
    if not is_store and not create:
        raise StoreError(f"cannot open the store {path}: there is no store in it")
    if not is_store and path.is_dir() and any(path.iterdir()):
        raise StoreError(f"cannot make a store in {path}: the directory holds something else")
    try:
        return LocalStore(ox.Store(str(path)))
    except (OSError, RuntimeError, ValueError) as error:
        raise store_error(path, error) from None


def is_store_directory(path: Path) -> bool:
    """Whether *path* is a store directory, as ``agendagraph load`` and ``serve`` make it."""
    return (path / MARK).is_file()


def open_current(path: Path) -> LocalStore:
    """Open the current generation of the store directory *path*, for reading only.

    This works while a server or a command uses the store (snapshot isolation); a change that
    they commit later is visible after the store is opened again.

    Raises:
        StoreError: The store has another layout, was never filled, or is damaged.
    """
    check_layout(path)
    for attempt in range(_TRIES):
        folder = current_generation(path)
        if folder is None:
            raise StoreError(f"cannot open the store {path}: it was never filled")
        try:
            return LocalStore(ox.Store.read_only(str(folder)), generation=folder)
        except (OSError, RuntimeError, ValueError) as error:
            # A server may have replaced and removed the generation meanwhile.
            if attempt + 1 == _TRIES or current_generation(path) == folder:
                if not folder.is_dir():
                    raise StoreError(
                        f"the store {path} is damaged: generation {folder.name!r} is missing"
                    ) from None
                raise store_error(path, error) from None
    raise AssertionError


def store_error(path: Path, error: Exception) -> StoreError:
    """Return the error for *error*, which the engine raised about the store in *path*."""
    message = str(error)
    table = _TABLE.search(message)
    if table and is_damage(error):
        return table_error(path, table[1])
    reason = next((reason for sign, reason in _REASONS if sign in message), message)
    return StoreError(f"cannot use the store {path}: {reason}")


def is_damage(error: Exception) -> bool:
    """Whether *error* is the engine's, about a file that is not as it was written."""
    return "Corruption" in str(error)


def open_files(paths: Sequence[Path]) -> LocalStore:
    """Return a store in memory with the quads of *paths*: RDF files, or folders of them.

    Raises:
        GraphSyntaxError: A file is missing or does not parse.
    """
    store = ox.Store()
    for file in rdf_files(paths):
        store.extend(quads_of_file(file))
    return LocalStore(store)
