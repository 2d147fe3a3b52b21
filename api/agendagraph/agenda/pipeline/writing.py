"""Write the graph whole or not at all, and compare it with what lies there.

The new folder is written beside the old one and takes its place by renaming, so that a
build that is killed, or a disk that is full, leaves the old graph as it was.
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
    """Put *graphs* into *folder*, in place of every ``.ttl`` file that was there.

    Returns:
        The paths below *folder* that are new, changed or gone, in order; where there are
        none, nothing was touched.

    Raises:
        StoreError: The folder cannot be written; what was there is unchanged.
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
    """Return the paths whose text in *folder* is not that of *texts*, in order."""
    there = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*.ttl")}
    return sorted(
        path
        for path in texts.keys() | there.keys()
        if path not in there
        or path not in texts
        or there[path].read_bytes() != texts[path].encode()
    )


def _replace(folder: Path, texts: dict[str, str]) -> None:
    """Write a copy of *folder* with *texts* as its Turtle, and let it take the folder's place."""
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
