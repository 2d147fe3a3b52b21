"""Derive triples from the other layers of an agenda, by the queries in ``queries/``.

The queries run in the order of their names. Each one sees the world, the layers of one agenda
and the triples that the queries before it derived, so that no query names an agenda.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agendagraph.rdf.turtle import Triple

QUERIES: Final = Path(__file__).parent / "queries"
"""The folder of the queries; ``3-engages.rq`` derives agenda:engages."""


def derived_layer(*layers: Iterable[Triple], queries: Path = QUERIES) -> list[Triple]:
    """Return the triples that *queries* derive from *layers*: world, document and analysis."""
    store = ox.Store()
    for layer in layers:
        store.extend(ox.Quad(*triple) for triple in layer)
    derived: list[Triple] = []
    for file in sorted(queries.glob("*.rq")):
        answer = store.query(file.read_text(encoding="utf-8"))
        if not isinstance(answer, ox.QueryTriples):
            raise TypeError(f"expected a CONSTRUCT query in {file.name}")
        triples: list[Triple] = [(t.subject, t.predicate, t.object) for t in dict.fromkeys(answer)]
        store.extend(ox.Quad(*triple) for triple in triples)
        derived += triples
    return derived
