"""Tell what a dataset is, in the terms of DCAT, Dublin Core and VoID, from the data itself.

Whatever data is served: the vocabularies that it uses, agendas as examples, the space of its
IRIs where it has one, and when it was changed last. Its title, its makers and its licence
are told of the shipped graph alone, as its own statements give them: what somebody else adds
to it is not ours to license. Who publishes it at this address, and whether somewhere it can
be had as one file, we do not know, and do not say.

Source: W3C Recommendation "Data Catalog Vocabulary (DCAT) - Version 3", 22 August 2024, and
W3C Interest Group Note "Describing Linked Datasets with the VoID Vocabulary", 3 March 2011.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from agendagraph.namespaces import BASE, GRAPH, NS, PREFIXES
from agendagraph.server.engine.engine import answer_whole
from agendagraph.sparql.negotiation import choose
from agendagraph.sparql.protocol import QueryOperation
from agendagraph.sparql.query import SparqlQuery
from agendagraph.sparql.refusal import Refusal
from agendagraph.version import RELEASED, __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agendagraph.server.engine.engine import Engine
    from agendagraph.server.http.description.service import Statistics

_DCAT: Final = PREFIXES["dcat"]
_DCTERMS: Final = PREFIXES["dcterms"]
_VOID: Final = PREFIXES["void"]
_TYPE: Final = PREFIXES["rdf"] + "type"
_DATE: Final = ox.NamedNode(PREFIXES["xsd"] + "date")
_EXAMPLES: Final = 3

_VOCABULARY: Final = f"<{NS.removesuffix('#')}>"
ABOUT: Final = f"""
SELECT DISTINCT ?kind ?value {{
  {{ SELECT DISTINCT ("example" AS ?kind) (?agenda AS ?value) {{
    GRAPH ?g {{ ?agenda a <{NS}Agenda> }} }} ORDER BY ?agenda LIMIT {_EXAMPLES} }}
  UNION {{ SELECT ("title" AS ?kind) ?value {{
    GRAPH ?g {{ ?agenda a <{NS}Agenda> ; <{PREFIXES["rdfs"]}label> ?value }} }} }}
  UNION {{ SELECT ("creator" AS ?kind) ?value {{
    GRAPH ?g {{ {_VOCABULARY} <{_DCTERMS}creator> ?value }} }} }}
  UNION {{ SELECT ("license" AS ?kind) ?value {{
    GRAPH ?g {{ {_VOCABULARY} <{_DCTERMS}license> ?value }} }} }}
  UNION {{ SELECT ("modified" AS ?kind) (MAX(?time) AS ?value) {{
    GRAPH <{GRAPH}updates> {{ ?update <{PREFIXES["prov"]}endedAtTime> ?time }} }} }}
  UNION {{ SELECT ("elsewhere" AS ?kind) (?s AS ?value) {{
    {{ ?s ?p ?o }} UNION {{ GRAPH ?g {{ ?s ?p ?o }} }}
    FILTER(ISIRI(?s) && !STRSTARTS(STR(?s), "{BASE}")) }} LIMIT 1 }}
  FILTER(BOUND(?value))
}} ORDER BY ?kind ?value
"""
"""Rows of a kind and a value; ``elsewhere`` is a subject whose IRI does not begin as ours do."""

About = dict[str, list[ox.NamedNode | ox.Literal]]


async def about(engine: Engine) -> About:
    """Ask the data behind *engine* about itself; nothing where a limit stopped the question."""
    found: About = {}
    question = SparqlQuery(QueryOperation(ABOUT), choose(None, "json"))
    with suppress(Refusal):
        answer = await answer_whole(engine, question, client="")
        rows = ox.parse_query_results(answer.body, ox.QueryResultsFormat.JSON)
        for row in rows:  # type: ignore[union-attr]
            if isinstance(row["value"], ox.NamedNode | ox.Literal):
                found.setdefault(row["kind"].value, []).append(row["value"])
    return found


def facts(
    endpoint: str, found: About, statistics: Statistics, *, shipped: bool
) -> Iterator[ox.Triple]:
    """Yield what is known of the dataset at *endpoint*.

    Args:
        endpoint: The address of the service.
        found: What the data says of itself.
        statistics: What was counted in it.
        shipped: Whether it is the shipped graph, and nothing else.
    """
    service = ox.NamedNode(endpoint + "#service")
    dataset = ox.NamedNode(endpoint + "#dataset")
    yield _linked(service, _TYPE, _DCAT + "DataService")
    yield _linked(service, _DCAT + "endpointURL", endpoint)
    yield _linked(service, _DCAT + "servesDataset", dataset.value)
    yield _linked(dataset, _TYPE, _DCAT + "Dataset")
    for namespace in vocabularies(statistics):
        yield _linked(dataset, _VOID + "vocabulary", namespace)
    for example in found.get("example", ()):
        yield _told(dataset, _VOID + "exampleResource", example)
    for time in found.get("modified", ()):
        yield _told(dataset, _DCTERMS + "modified", time)
    if "example" in found and "elsewhere" not in found:
        yield _told(dataset, _VOID + "uriSpace", ox.Literal(BASE))
    if not shipped:
        return
    for kind in ("title", "creator", "license"):
        for value in found.get(kind, ()):
            yield _told(dataset, _DCTERMS + kind, value)
    yield _told(dataset, _DCTERMS + "issued", ox.Literal(RELEASED, datatype=_DATE))
    yield _told(dataset, _DCAT + "version", ox.Literal(__version__))


def vocabularies(statistics: Statistics) -> list[str]:
    """Return those namespaces of ours and of our prefixes that the data's terms are from."""
    used = {
        iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
        for name in ("properties", "classes")
        for iri in statistics.tables.get(name) or ()
    }
    return sorted(used & {*PREFIXES.values()})


def _told(subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(predicate), value)


def _linked(subject: ox.NamedNode, predicate: str, obj: str) -> ox.Triple:
    return _told(subject, predicate, ox.NamedNode(obj))
