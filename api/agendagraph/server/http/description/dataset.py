"""Describe the dataset in DCAT, Dublin Core and VoID.

The server itself states the vocabularies that the data uses and when it was changed last.
Everything else are statements that an extension of the server finds in the data by a query
(`DatasetQueries`): a title, a licence, examples. Who publishes the data at this address, and
where it can be downloaded as one file, is unknown here, and not stated.

Source: W3C Recommendation "Data Catalog Vocabulary (DCAT) - Version 3", 22 August 2024, and
W3C Interest Group Note "Describing Linked Datasets with the VoID Vocabulary", 3 March 2011.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from agendagraph.namespaces import GRAPH, PREFIXES
from agendagraph.server.engine.engine import answer_whole
from agendagraph.sparql.negotiation import choose
from agendagraph.sparql.protocol import QueryOperation, SparqlQuery
from agendagraph.sparql.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agendagraph.server.engine.engine import Engine
    from agendagraph.server.http.description.service import Statistics

_DCAT: Final = PREFIXES["dcat"]
_VOID: Final = PREFIXES["void"]
_TYPE: Final = ox.NamedNode(PREFIXES["rdf"] + "type")

MODIFIED: Final = f"""
SELECT (<{PREFIXES["dcterms"]}modified> AS ?predicate) (MAX(?time) AS ?value) {{
  GRAPH <{GRAPH}updates> {{ ?update <{PREFIXES["prov"]}endedAtTime> ?time }}
}}
"""
"""The time of the last update, from the graph of the history."""


@dataclass(frozen=True, slots=True)
class DatasetQueries:
    """SELECT queries whose rows, ``?predicate`` and ``?value``, are statements of the dataset.

    Attributes:
        any_data: For any data.
        shipped: For the shipped graph only: other data has another title and licence.
    """

    any_data: str = ""
    shipped: str = ""


NO_QUERIES: Final = DatasetQueries()
Statements = list[tuple[ox.NamedNode, ox.NamedNode | ox.Literal]]


async def statements(engine: Engine, queries: DatasetQueries) -> Statements:
    """Run the queries over the data of *engine*; skip one that a limit stops."""
    snapshot = engine.pool.snapshot
    shipped = snapshot is not None and snapshot.source == "shipped"
    texts = (MODIFIED, queries.any_data, queries.shipped if shipped else "")
    found: Statements = []
    for text in filter(None, texts):
        query = SparqlQuery(QueryOperation(text), choose(None, "json"))
        with suppress(Refusal):
            answer = await answer_whole(engine, query, client="")
            rows = ox.parse_query_results(answer.body, ox.QueryResultsFormat.JSON)
            for row in rows:  # type: ignore[union-attr] # a SELECT has rows
                predicate, value = row["predicate"], row["value"]
                if isinstance(predicate, ox.NamedNode) and isinstance(
                    value, ox.NamedNode | ox.Literal
                ):
                    found.append((predicate, value))
    return found


def describe(endpoint: str, found: Statements, statistics: Statistics) -> Iterator[ox.Triple]:
    """Yield the description of the dataset at *endpoint*.

    Args:
        endpoint: The address of the service.
        found: Statements of the dataset, found in the data.
        statistics: Counts of the data.
    """
    service = ox.NamedNode(endpoint + "#service")
    dataset = ox.NamedNode(endpoint + "#dataset")
    yield ox.Triple(service, _TYPE, ox.NamedNode(_DCAT + "DataService"))
    yield ox.Triple(service, ox.NamedNode(_DCAT + "endpointURL"), ox.NamedNode(endpoint))
    yield ox.Triple(service, ox.NamedNode(_DCAT + "servesDataset"), dataset)
    yield ox.Triple(dataset, _TYPE, ox.NamedNode(_DCAT + "Dataset"))
    for namespace in vocabularies(statistics):
        yield ox.Triple(dataset, ox.NamedNode(_VOID + "vocabulary"), ox.NamedNode(namespace))
    for predicate, value in found:
        yield ox.Triple(dataset, predicate, value)


def vocabularies(statistics: Statistics) -> list[str]:
    """Return those of our prefixes' namespaces that the data's terms are from."""
    used = {
        iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
        for name in ("properties", "classes")
        for iri in statistics.tables.get(name) or ()
    }
    return sorted(used & {*PREFIXES.values()})
