"""Fill in query files: replace the values of a variable, and nothing else.

A query file runs as it stands. What may be changed stands in its ``VALUES`` blocks; filling in
replaces the whole block of a variable by IRIs and literals that are written safely here.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agendagraph.errors import NetworkParameterError
from agendagraph.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_FOLDER: Final = Path(__file__).with_name("queries")
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]*")


@cache
def text(name: str) -> str:
    """Return the text of the query file *name*."""
    return (_FOLDER / name).read_text(encoding="utf-8")


def iri(value: str) -> str:
    """Return *value* as SPARQL writes an IRI.

    Raises:
        NetworkParameterError: It is no absolute IRI, or has characters that none may have.

    >>> iri("https://w3id.org/agendagraph/id/country/jpn")
    '<https://w3id.org/agendagraph/id/country/jpn>'
    """
    if not _IRI.fullmatch(value):
        raise NetworkParameterError(f"expected an IRI, found {value!r}")
    return f"<{value}>"


def date(value: str) -> str:
    """Return an ISO date as SPARQL writes it."""
    return f'"{value}"^^<{PREFIXES["xsd"]}date>'


def fill(name: str, values: Mapping[str, Iterable[str]]) -> str:
    """Return the query file *name* with the values of its variables replaced.

    Args:
        name: The name of a query file.
        values: For a variable (without ``?``) the terms of its ``VALUES`` blocks, as SPARQL
            writes them. Variables that the file has no block of are an error of ours.

    >>> "VALUES ?node { <urn:x> }" in fill("nodes.rq", {"node": [iri("urn:x")]})
    True
    """
    query = text(name)
    for variable, terms in values.items():
        block = re.compile(rf"VALUES \?{variable} \{{[^}}]*\}}")
        filled = f"VALUES ?{variable} {{ {' '.join(terms)} }}"
        parts = block.split(query)
        if len(parts) == 1:
            raise KeyError(f"{name} has no VALUES block of ?{variable}")
        query = filled.join(parts)
    return query
