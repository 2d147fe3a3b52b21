"""Write files that are atomic and durable.

Atomic: a reader, and a process that starts after a crash, finds the old file or the new one,
never a part. Durable: when a function here returns, a loss of power no longer undoes it. A
name is durable once its folder is synced (``fsync(2)``), which is easily forgotten.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of *path* when the block ends, unless it raises."""
    temporary = path.with_name(path.name + ".tmp")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        rename(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write(path: Path, data: bytes) -> None:
    """Write *data* to the file at *path*, or replace what it holds."""
    with replacing(path) as file:
        file.write(data)


def rename(source: Path, target: Path) -> None:
    """Rename a file or a folder that is synced; *target* may be a file, which is replaced."""
    source.replace(target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Sync a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Sync a folder and everything in it to the disk."""
    for path in sorted(folder.rglob("*"), reverse=True):
        sync(path)
    sync(folder)
