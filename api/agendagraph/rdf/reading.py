"""Parse RDF documents into quads; an error has its file, line and column.

The file's ending names the format. Nothing is fetched: a JSON-LD document with a remote
context is an error. Blank nodes are renamed, so that two files never share one by accident.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import parse

from agendagraph.errors import GraphSyntaxError
from agendagraph.rdf.formats import FILE_ENDINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pyoxigraph import Quad, RdfFormat

_PLACE: Final = re.compile(r"^Parser error at line \d+ (?:between columns|column) [^:]*: ")


def quads_of_bytes(data: bytes, *, name: str, rdf_format: RdfFormat) -> Iterator[Quad]:
    """Yield the quads of *data*; errors name it *name*.

    Raises:
        GraphSyntaxError: *data* does not parse; the error has the line and the column.
    """
    try:
        yield from parse(
            data, format=rdf_format, base_iri=f"file:///{_quoted(name)}", rename_blank_nodes=True
        )
    except SyntaxError as error:
        message = message_of(error)
        raise GraphSyntaxError(message, file=name, line=error.lineno, column=error.offset) from None
    except ValueError as error:
        raise GraphSyntaxError(str(error), file=name) from None


def message_of(error: SyntaxError) -> str:
    """Return the engine's message without the place, which the error has as attributes."""
    return _PLACE.sub("", error.msg or "does not parse")


def quads_of_file(path: Path) -> Iterator[Quad]:
    """Yield the quads of the file at *path*, read by its ending.

    Raises:
        GraphSyntaxError: The file is missing, unreadable, of an unknown ending, or does
            not parse.
    """
    rdf_format = FILE_ENDINGS.get(path.suffix.lower())
    if rdf_format is None:
        raise GraphSyntaxError(
            f"expected a file that ends in one of {' '.join(FILE_ENDINGS)}", file=str(path)
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise GraphSyntaxError(f"cannot be read: {error.strerror}", file=str(path)) from None
    yield from quads_of_bytes(data, name=str(path), rdf_format=rdf_format)


def rdf_files(paths: Iterable[Path]) -> list[Path]:
    """Return the RDF files that *paths* name: files as given, folders searched through.

    Raises:
        GraphSyntaxError: A path does not exist, or a folder holds no RDF.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in FILE_ENDINGS)
            if not inside:
                raise GraphSyntaxError("holds no file of RDF", file=str(path))
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise GraphSyntaxError("no such file or folder", file=str(path))
    return found


def _quoted(name: str) -> str:
    return "".join(c if (c.isalnum() and c.isascii()) or c in "._-/" else "_" for c in name)
