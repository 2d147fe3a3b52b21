"""Where the shipped folders are: beside the package in a checkout, inside it when installed.

Looked up from ``__file__`` and nowhere else: no environment variable and no working
directory changes what the package ships.

How a store directory is told from others, and its current generation found, is here too:
several floors must know, and this is the one below them all.
"""

from __future__ import annotations

import json
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
"""The file that tells a store directory of ours (agendagraph.sparql.directory) from others."""
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
        name = (path / "current").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return path / "generations" / name
