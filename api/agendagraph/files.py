"""Where the shipped folders are: beside the package in a checkout, inside it when installed.

Looked up from ``__file__`` and nowhere else: no environment variable and no working
directory changes what the package ships.
"""

from __future__ import annotations

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
