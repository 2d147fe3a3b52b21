"""A persistent store: a directory of generations, one of which is current.

::

    DIR/agendagraph.json         the version of this layout
    DIR/lock                     locked by the server, shared or exclusive (for writing);
                                 holds the address of a server that takes updates
    DIR/current                  the name of the current generation
    DIR/generations/NAME/        a RocksDB store that is never written again
    DIR/generations/NAME.json    its number of quads, its empty named graphs, and the SHA-256
                                 of its tables
    DIR/generations/NAME.new/    a generation in the making; worthless after a crash
    DIR/history/NAME.rdfp        what that generation changed (`server.updates.patch`)
    DIR/work/                    the writer's staging store; worthless after a crash

Readers have snapshot isolation: a generation is immutable. A writer copies the current
generation by hard links (``Store.backup``, milliseconds at any size), changes the copy and
commits it. The rename of ``current`` is the commit, which is atomic and durable: a crash at
any time leaves the old generation or the new one. The server then publishes the new snapshot to
its workers (`server.updates.writer_client`, `server.engine.pool`).

This module opens no RocksDB: the server's process may not (see `processes.zygote`).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
from typing import TYPE_CHECKING, Final, Self

from agendagraph import durable
from agendagraph.errors import StoreError, StoreInUseError
from agendagraph.store import integrity
from agendagraph.store.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MARK: Final = "agendagraph.json"
"""The file that marks a store directory of ours."""
LAYOUT: Final = 1
"""The layout of the directory that this version reads."""
_ADDRESS_BYTES: Final = 1000


def check_layout(path: Path) -> None:
    """Check that this version reads the layout of the store directory *path*.

    Raises:
        StoreError: It does not, or the mark cannot be read.
    """
    try:
        layout = json.loads((path / MARK).read_text("utf-8"))["layout"]
    except OSError as error:
        raise StoreError(f"cannot open the store {path}: {MARK}: {error.strerror}") from None
    except (ValueError, TypeError, KeyError):
        raise StoreError(f"the store {path} is damaged: {MARK}") from None
    if layout != LAYOUT:
        raise StoreError(
            f"cannot open the store {path}: it has layout {layout},"
            f" this version reads layout {LAYOUT}"
        )


def current_generation(path: Path) -> Path | None:
    """Return the folder of the current generation of the store directory *path*.

    Returns:
        The folder, which may be missing where the store is damaged; ``None`` for a store
        that was never filled.
    """
    try:
        name = (path / "current").read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None
    return path / "generations" / name


class StoreDirectory:
    """The directory of a store and its generations, locked while this object lives."""

    def __init__(self, path: Path, *, writable: bool, lock: int | None = None) -> None:
        """Open the directory at *path*, or make an empty one where there is nothing.

        Args:
            path: The directory.
            writable: Whether the lock is exclusive.
            lock: The descriptor of the lock, where the parent process has locked it.

        Raises:
            StoreInUseError: Another process has locked it.
            StoreError: It is no store directory, or cannot be read or created.
        """
        self.path: Final = path
        self.writable: Final = writable
        self.history: Final = path / "history"
        self.work: Final = path / "work"
        if lock is not None:
            self.lock = lock
            return
        try:
            self._prepare()
            self.lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(f"cannot open the store {path}: {error.strerror}") from None
        try:
            how = fcntl.LOCK_EX if writable else fcntl.LOCK_SH
            fcntl.flock(self.lock, how | fcntl.LOCK_NB)
        except OSError:
            address = os.pread(self.lock, _ADDRESS_BYTES, 0).decode(errors="replace").strip()
            os.close(self.lock)
            message = f"cannot open the store {path}: another server or command uses it"
            raise StoreInUseError(message, address=address) from None
        os.ftruncate(self.lock, 0)
        if writable:
            self.sweep()

    def _prepare(self) -> None:
        if (self.path / MARK).is_file():
            check_layout(self.path)
            return
        if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            raise StoreError(
                f"cannot make a store in {self.path}: there is something else."
                " Name a new or empty directory"
            )
        (self.path / "generations").mkdir(parents=True, exist_ok=True)
        durable.write(self.path / MARK, _json({"layout": LAYOUT}))

    def announce(self, address: str) -> None:
        """Write the address that takes updates into the lock, for other processes to read."""
        os.pwrite(self.lock, f"{address}\n".encode(), 0)

    def __enter__(self) -> Self:
        """Return itself; the block ends with `close`."""
        return self

    def __exit__(self, *_: object) -> None:
        """Release the lock."""
        self.close()

    def close(self) -> None:
        """Release the lock."""
        if self.lock >= 0:
            os.close(self.lock)
            self.lock = -1

    def current(self) -> Snapshot | None:
        """Return the current generation; ``None`` for a store that was never filled.

        Raises:
            StoreError: The generation that the directory names is missing.
        """
        folder = current_generation(self.path)
        if folder is None:
            return None
        name = folder.name
        if folder == self.path / "generations" or not folder.is_dir():
            raise StoreError(f"the store {self.path} is damaged: generation {name!r} is missing")
        return Snapshot(
            name, "checkpoint", str(folder), integrity.recorded_facts(folder).get("quads")
        )

    def _generation(self, name: str) -> Path:
        return self.path / "generations" / name

    def empty_graphs(self, generation: str) -> tuple[str, ...]:
        """Return the empty named graphs of a generation."""
        return tuple(integrity.recorded_facts(self._generation(generation)).get("empty_graphs", ()))

    def reserve(self, *, above: str = "") -> Path:
        """Return the folder for a new generation, which does not exist yet.

        Args:
            above: A generation besides the current one after which the new one is numbered.
        """
        current = self.current()
        names = [current.generation if current else "", above]
        number = max(int(name.split("-")[0]) if name else 0 for name in names) + 1
        return self._generation(f"{number:012}-{secrets.token_hex(4)}.new")

    def commit(self, made: Path, *, quads: int, empty_graphs: Iterable[str] = ()) -> Snapshot:
        """Commit the generation in the folder *made*: make it the current one; return it.

        The commit is atomic and, when this returns, durable. The store in *made* must be
        closed, and must never be opened for writing again.
        """
        name = made.name.removesuffix(".new")
        durable.sync(made)  # RocksDB synced the files of the checkpoint (strace shows it)
        facts = {
            "quads": quads,
            "empty_graphs": sorted(empty_graphs),
            "tables": integrity.sums_of_tables(made, current_generation(self.path)),
        }
        durable.write(self._generation(name + ".json"), _json(facts))
        durable.rename(made, self._generation(name))
        durable.write(self.path / "current", f"{name}\n".encode())
        return Snapshot(name, "checkpoint", str(self._generation(name)), quads)

    def remove(self, snapshot: Snapshot) -> None:
        """Remove a generation that no reader uses any more (see ``Pool``'s ``on_unused``)."""
        current = self.current()
        if current is not None and current.generation == snapshot.generation:
            return
        removed = self._generation(snapshot.generation + ".new")
        with contextlib.suppress(FileNotFoundError):
            # Renamed first: a backup finds no folder, instead of one that lacks tables.
            self._generation(snapshot.generation).rename(removed)
        shutil.rmtree(removed, ignore_errors=True)
        self._generation(snapshot.generation + ".json").unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove unfinished and old generations, which a crash may leave."""
        current = self.current()
        keep = current.generation if current else ""
        for entry in _entries(self.path / "generations"):
            if entry.name not in (keep, keep + ".json"):
                if entry.is_dir():
                    shutil.rmtree(entry, ignore_errors=True)
                else:
                    entry.unlink(missing_ok=True)
        for patch in _entries(self.history):
            stray = patch.stem != keep and patch.stem[:12] >= keep[:12]
            if patch.suffix == ".tmp" or stray:
                patch.unlink(missing_ok=True)
        shutil.rmtree(self.work, ignore_errors=True)


def current_snapshot(path: Path) -> Snapshot:
    """Return the current generation of the store at *path*, without locking it.

    A server may remove the generation while the caller reads it.

    Raises:
        StoreError: There is no store directory, or it was never filled.
    """
    if not (path / MARK).is_file():
        raise StoreError(f"cannot open the store {path}: there is no store in it")
    snapshot = StoreDirectory(path, writable=False, lock=-1).current()
    if snapshot is None:
        raise StoreError(f"cannot open the store {path}: it was never filled")
    return snapshot


def _entries(folder: Path) -> Iterable[Path]:
    return list(folder.iterdir()) if folder.is_dir() else ()


def _json(members: dict[str, object]) -> bytes:
    return json.dumps(members).encode() + b"\n"
