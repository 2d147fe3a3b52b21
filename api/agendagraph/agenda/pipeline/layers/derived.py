"""Make the derived layer of an agenda: shortcuts, each by a query of ``derived/``.

The queries are run in the order of their names, each over the world, the agenda's own
layers and what the queries before it have made. The store holds one agenda, so that no
query names one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agendagraph.rdf.turtle import Triple

QUERIES: Final = Path(__file__).parent / "queries"
"""The folder of the queries; ``derived/3-engages.rq`` makes agenda:engages."""


def derived_layer(*layers: Iterable[Triple], queries: Path = QUERIES) -> list[Triple]:
    """Return what the *queries* make of *layers*: the world, a document and its analysis."""
    store = ox.Store()
    for layer in layers:
        store.extend(ox.Quad(*triple) for triple in layer)
    made: list[Triple] = []
    for file in sorted(queries.glob("*.rq")):
        answer = store.query(file.read_text(encoding="utf-8"))
        if not isinstance(answer, ox.QueryTriples):
            raise TypeError(f"expected a CONSTRUCT query in {file.name}")
        triples: list[Triple] = [(t.subject, t.predicate, t.object) for t in dict.fromkeys(answer)]
        store.extend(ox.Quad(*triple) for triple in triples)
        made += triples
    return made
