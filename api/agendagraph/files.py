"""Where the shipped folders are: beside the package in a checkout, inside it when installed.

Looked up from ``__file__`` and nowhere else: no environment variable and no working
directory changes what the package ships.

How a store directory is told from others, its current generation found, and damage to it
noticed, is here too: several floors must know, and this is the one below them all.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parent
_SHIPPED: Final = _PACKAGE / "_shipped"

ROOT: Final = _SHIPPED if _SHIPPED.is_dir() else _PACKAGE.parent.parent
"""The folder that holds ``ontology/``, ``data/`` and ``shapes/``."""

ONTOLOGY: Final = ROOT / "ontology"
DATA: Final = ROOT / "data"
SHAPES: Final = ROOT / "shapes"
SOURCE: Final = DATA / "source"
TABLES: Final = DATA / "tables"
QUERIES: Final = DATA / "queries"
GRAPH: Final = DATA / "graph"
ASSETS: Final = _PACKAGE / "_assets"
"""Scripts and styles built from npm packages when the package was built; may be missing."""

STORE_MARK: Final = "agendagraph.json"
"""The file that tells a store directory of ours (agendagraph.store.generations) from others."""
STORE_LAYOUT: Final = 1
"""The layout that this version reads; the mark says which one a directory has."""


def store_layout(path: Path) -> object:
    """Return the layout that the store directory *path* says it has.

    Raises:
        OSError: The mark cannot be read.
        ValueError: It is no mark of ours.
    """
    told = json.loads((path / STORE_MARK).read_text(encoding="utf-8"))
    if not isinstance(told, dict):
        raise ValueError(f"{STORE_MARK} holds no object")  # noqa: TRY004 - its text is at fault
    return told.get("layout")


def current_generation(path: Path) -> Path | None:
    """Return the folder that the store directory *path* names as its current generation.

    Returns:
        The folder, which may be missing where the store is damaged; ``None`` for a store
        that was never filled.
    """
    try:
        name = (path / "current").read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None
    return path / "generations" / name


def sync(path: Path) -> None:
    """Wait until what is known of a file or a folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sums_of_tables(generation: Path, before: Path | None = None) -> dict[str, str]:
    """Return the SHA-256 of each table (``*.sst``) of a generation, by the file's name.

    Args:
        generation: The generation's folder.
        before: An older one whose sums are recorded; tables that both share are not read.
    """
    known = recorded_sums(before) if before is not None else {}
    sums: dict[str, str] = {}
    for file in sorted(generation.glob("*.sst")):
        twin = before / file.name if before is not None and file.name in known else None
        shared = twin is not None and twin.is_file() and twin.samefile(file)
        sums[file.name] = known[file.name] if shared else _sha256(file)
    return sums


def recorded_sums(generation: Path) -> dict[str, str]:
    """Return the sums that were recorded when *generation* was made; empty for an old one."""
    try:
        told = json.loads(generation.with_name(generation.name + ".json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return dict(told.get("tables", {})) if isinstance(told, dict) else {}


def damaged_table(generation: Path) -> str | None:
    """Return the name of a table that is not as it was written; ``None`` if all are.

    It reads all of them (0.5 to 0.9 GB a second, on a busy machine). Oxigraph checks each
    block that it reads, and yet may find no end: it gathers the same error until there is no
    memory left, wherever it sorts or groups (pyoxigraph 0.5.13).
    """
    for name, told in recorded_sums(generation).items():
        try:
            if _sha256(generation / name) != told:
                return name
        except OSError:
            if generation.is_dir():  # otherwise a server has removed it meanwhile
                return name
    return None


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
