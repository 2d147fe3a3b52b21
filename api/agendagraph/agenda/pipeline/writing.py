"""Write the graph atomically, and compare it with the files of an earlier build.

The new folder is written beside the old one and replaces it by renaming: a killed build or a
full disk leaves the old graph unchanged.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from agendagraph import durable
from agendagraph.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agendagraph.agenda.pipeline.assembly import NamedGraph


def write_graphs(graphs: Iterable[NamedGraph], folder: Path) -> list[str]:
    """Write *graphs* into *folder*, and remove all other ``.ttl`` files in it.

    Returns:
        The paths below *folder* that are new, changed or removed, in order. If there are
        none, nothing was written.

    Raises:
        StoreError: The folder cannot be written; it is unchanged.
    """
    texts = {graph.path: graph.turtle() for graph in graphs}
    changed = differences(texts, folder)
    if changed:
        try:
            _replace(folder, texts)
        except OSError as error:
            raise StoreError(f"cannot write the graph to {folder}: {error.strerror}") from None
    return changed


def differences(texts: dict[str, str], folder: Path) -> list[str]:
    """Return the paths whose text in *folder* differs from *texts*, in order."""
    existing = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*.ttl")}
    return sorted(
        path
        for path in texts.keys() | existing.keys()
        if path not in existing
        or path not in texts
        or existing[path].read_bytes() != texts[path].encode()
    )


def _replace(folder: Path, texts: dict[str, str]) -> None:
    """Replace *folder* by a copy of it with *texts* as its Turtle files."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as beside:
        new, old = Path(beside) / "new", Path(beside) / "old"
        for file in folder.rglob("*"):
            if file.is_file() and file.suffix != ".ttl":
                copy = new / file.relative_to(folder)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file, copy)
        for path, text in texts.items():
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            (new / path).write_bytes(text.encode())
        durable.sync_tree(new)
        if folder.is_dir():
            folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            if old.is_dir():
                old.rename(folder)
            raise
