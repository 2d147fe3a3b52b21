"""The protocol of stores, local and remote."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import pyoxigraph as ox

QueryAnswer = ox.QuerySolutions | ox.QueryBoolean | Iterator[ox.Triple]
"""The answer to a query: solutions of SELECT, a boolean of ASK, the triples of a graph."""


class Backend(Protocol):
    """A store that can be queried."""

    def query(self, text: str) -> QueryAnswer:
        """Answer a SPARQL query over the union of all graphs, or over its own dataset.

        Raises:
            QuerySyntaxError: *text* does not parse.
            QueryError: *text* parses and cannot be answered.
        """

    def quads(self) -> Iterator[ox.Quad]:
        """Yield everything in the store."""

    def __len__(self) -> int:
        """Return the number of quads; a triple in two graphs counts twice."""
