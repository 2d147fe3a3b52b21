"""Find damage to the tables of a generation by the hashes recorded when it was made."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from agendagraph.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path


def sums_of_tables(generation: Path, before: Path | None = None) -> dict[str, str]:
    """Return the SHA-256 of each table (``*.sst``) of a generation, by the file's name.

    Args:
        generation: The generation's folder.
        before: An older one whose hashes are recorded; shared tables are not read again.
    """
    known = recorded_sums(before) if before is not None else {}
    sums: dict[str, str] = {}
    for file in sorted(generation.glob("*.sst")):
        twin = before / file.name if before is not None and file.name in known else None
        shared = twin is not None and twin.is_file() and twin.samefile(file)
        sums[file.name] = known[file.name] if shared else _sha256(file)
    return sums


def recorded_facts(generation: Path) -> dict[str, Any]:
    """Return what was recorded when *generation* was made; empty for one without."""
    try:
        facts = json.loads(generation.with_name(generation.name + ".json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def recorded_sums(generation: Path) -> dict[str, str]:
    """Return the hashes of the tables that were recorded when *generation* was made."""
    return dict(recorded_facts(generation).get("tables", {}))


def damaged_table(generation: Path) -> str | None:
    """Return the name of a corrupt table; ``None`` if there is none.

    It reads all tables (0.5 to 0.9 GB a second, on a busy machine). Oxigraph verifies the
    checksum of each block that it reads, but where it sorts or groups it collects the same
    error until no memory is left (pyoxigraph 0.5.13).
    """
    for name, sha256 in recorded_sums(generation).items():
        try:
            if _sha256(generation / name) != sha256:
                return name
        except OSError:
            if generation.is_dir():  # otherwise a server has removed the generation
                return name
    return None


def check_tables(generation: Path, path: Path) -> None:
    """Verify the tables of a generation of the store in *path*.

    Raises:
        StoreError: One of them is corrupt.
    """
    table = damaged_table(generation)
    if table is not None:
        raise table_error(path, table)


def table_error(path: Path, table: str) -> StoreError:
    """Return the error for a corrupt table of the store in *path*."""
    return StoreError(
        f"cannot use the store {path}: its table {table} is damaged; restore it from a backup"
    )


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
