"""Fill in query files: replace the ``VALUES`` blocks of variables.

A query file runs unchanged as well. Only its ``VALUES`` blocks are replaced, by IRIs and
literals that this module escapes.
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
        NetworkParameterError: It is not an absolute IRI, or has an illegal character.

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
            writes them.

    Raises:
        KeyError: The file has no ``VALUES`` block of a variable.

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
