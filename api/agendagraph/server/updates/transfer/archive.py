"""Back up a store while it is in use, and restore a backup after verifying it.

A backup is a folder: a copy of one generation, the patches of the history, and a manifest. It
shares no file with the store.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from agendagraph import durable
from agendagraph.errors import StoreError
from agendagraph.server.updates.transfer import manifest
from agendagraph.server.updates.transfer.manifest import Manifest
from agendagraph.store.generations import StoreDirectory, current_snapshot
from agendagraph.store.integrity import recorded_sums, table_error
from agendagraph.store.local import is_damage, store_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from agendagraph.store.snapshot import Snapshot

_TRIES: Final = 100  # a server that commits all the time removes a generation every 40 ms


def backup(store: Path, target: Path) -> Manifest:
    """Copy the current generation of *store* and its history to the new folder *target*.

    A server may use and change the store meanwhile.

    Raises:
        StoreError: There is no store, it is damaged, or *target* exists or cannot be made.
    """
    if target.exists():
        raise StoreError(f"cannot make a backup in {target}: it exists")
    temporary = target.with_name(target.name + ".tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        temporary.mkdir(parents=True)
        snapshot = _link(store, temporary / "store")
        for file in (temporary / "store").iterdir():
            _unlink(file)
        if (store / "history").is_dir():
            shutil.copytree(store / "history", temporary / "history", ignore=_newer(snapshot))
        report = _describe(store, snapshot, temporary)
        # Reading the quads may miss corruption: compare the copied tables with the recorded hashes.
        for name, sha256 in recorded_sums(Path(snapshot.path)).items():
            if report.files.get(f"store/{name}") not in (sha256, None):
                raise table_error(store, name)
        report.write(temporary / manifest.NAME)
        durable.sync_tree(temporary)
        durable.rename(temporary, target)
    except (OSError, RuntimeError) as error:
        raise store_error(store if is_damage(error) else target, error) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return report


def _link(store: Path, made: Path) -> Snapshot:
    """Link the files of the current generation; retry if a server has removed it."""
    for attempt in range(_TRIES):
        snapshot = current_snapshot(store)
        try:
            ox.Store.read_only(snapshot.path).backup(str(made))
        except (OSError, RuntimeError) as error:
            shutil.rmtree(made, ignore_errors=True)
            if attempt + 1 == _TRIES or current_snapshot(store) == snapshot:
                raise store_error(store, error) from None
        else:
            return snapshot
    raise AssertionError


def _unlink(file: Path) -> None:
    """Replace a hard link by a copy."""
    if file.stat().st_nlink > 1:
        copy = file.with_name(file.name + ".copy")
        shutil.copy2(file, copy)
        copy.replace(file)


def _newer(snapshot: Snapshot) -> Callable[[object, list[str]], list[str]]:
    """Ignore patches of generations after *snapshot*, and temporary files."""
    last = snapshot.generation + ".rdfp"
    return lambda _folder, names: [n for n in names if n > last or not n.endswith(".rdfp")]


def _describe(store: Path, snapshot: Snapshot, folder: Path) -> Manifest:
    quads, content = manifest.content_of(ox.Store.read_only(str(folder / "store")))
    directory = StoreDirectory(store, writable=False, lock=-1)
    return Manifest(
        generation=snapshot.generation,
        quads=quads,
        content=content,
        files={
            str(file.relative_to(folder)): manifest.sha256_of(file)
            for file in sorted(folder.rglob("*"))
            if file.is_file()
        },
        empty_graphs=list(directory.empty_graphs(snapshot.generation)),
    )


def check(target: Path) -> Manifest:
    """Verify the backup in *target*: its files, its number of quads, and their content hash.

    Raises:
        StoreError: Something is missing or corrupt.
    """
    report = manifest.read(target / manifest.NAME)
    for name, sha256 in report.files.items():
        file = target / name
        if not file.is_file():
            raise StoreError(f"the backup {target} is damaged: {name} is missing")
        if manifest.sha256_of(file) != sha256:
            raise StoreError(f"the backup {target} is damaged: {name} has changed")
    try:
        report.verify(ox.Store.read_only(str(target / "store")), f"the backup {target}")
    except (OSError, RuntimeError) as error:
        raise store_error(target, error) from None
    return report


def restore(target: Path, store: Path, *, replace: bool = False) -> Snapshot:
    """Verify the backup in *target* and make it the current generation of *store*.

    The store is a new directory or, with *replace*, one that no server uses.

    Raises:
        StoreError: The backup is damaged, or the store is in use or has data.
    """
    report = check(target)
    with StoreDirectory(store, writable=True) as directory:
        if directory.current() is not None and not replace:
            raise StoreError(f"the store {store} has data already; replace it with --replace")
        made = directory.reserve(above=report.generation)
        try:
            shutil.copytree(target / "store", made)
            shutil.rmtree(directory.history, ignore_errors=True)
            if (target / "history").is_dir():
                shutil.copytree(target / "history", directory.history)
                durable.sync_tree(directory.history)
            durable.sync_tree(made)
            snapshot = directory.commit(made, quads=report.quads, empty_graphs=report.empty_graphs)
        except OSError as error:
            shutil.rmtree(made, ignore_errors=True)
            raise store_error(store, error) from None
        directory.sweep()
        return snapshot
