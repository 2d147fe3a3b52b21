"""Describe the service and its data in RDF, from their present state.

Source: W3C Recommendation "SPARQL 1.1 Service Description", 21 March 2013, and W3C Interest
Group Note "Describing Linked Datasets with the VoID Vocabulary", 3 March 2011. Every number
is the result of a query over the data.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from agendagraph.namespaces import GRAPH, PREFIXES
from agendagraph.rdf.formats import RDF_FORMATS, RESULTS_FORMATS
from agendagraph.server.engine.engine import answer_whole
from agendagraph.sparql.negotiation import choose
from agendagraph.sparql.protocol import QueryOperation, SparqlQuery
from agendagraph.sparql.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agendagraph.server.engine.engine import Engine

SD: Final = "http://www.w3.org/ns/sparql-service-description#"
FORMATS: Final = "http://www.w3.org/ns/formats/"
RDF: Final = PREFIXES["rdf"]
VOID: Final = PREFIXES["void"]
XSD: Final = PREFIXES["xsd"]
WRITTEN_WITH: Final = {
    "sd": SD,
    "formats": FORMATS,
    **{name: PREFIXES[name] for name in ("dcat", "dcterms", "rdf", "void", "xsd")},
}

_LOCAL_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,80}")
_KNOWN: Final = {**{namespace: f"{name}-" for name, namespace in PREFIXES.items()}, GRAPH: ""}
COUNTS: Final = {
    "graphs": "SELECT ?key (COUNT(*) AS ?n) { GRAPH ?key { ?s ?p ?o } } GROUP BY ?key",
    "properties": "SELECT ?key (COUNT(*) AS ?n) { ?s ?key ?o } GROUP BY ?key",
    "classes": "SELECT ?key (COUNT(DISTINCT ?s) AS ?n) { ?s a ?key } GROUP BY ?key",
    "triples": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
    "distinctObjects": "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }",
}
"""The queries that count: rows of (IRI, number), or one number."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts of the data; ``None`` where a limit stopped the query."""

    numbers: dict[str, int | None]
    tables: dict[str, dict[str, int] | None]


async def count(engine: Engine) -> Statistics:
    """Count the data of *engine* by queries, whose answers are cached."""
    answers = await asyncio.gather(*(_count(engine, text) for text in COUNTS.values()))
    counted = dict(zip(COUNTS, answers, strict=True))
    tables = {name: table for name, table in counted.items() if "?key" in COUNTS[name]}
    numbers = {
        name: None if table is None else table[""]
        for name, table in counted.items()
        if name not in tables
    }
    return Statistics(numbers, tables)


async def _count(engine: Engine, text: str) -> dict[str, int] | None:
    """Return the counts of a query by IRI; that of a query without keys under ``""``.

    A query that a limit stops has no counts: ``None``.
    """
    query = SparqlQuery(QueryOperation(text), choose(None, "json"))
    try:
        answer = await answer_whole(engine, query, client="")
    except Refusal:
        return None
    total = {"type": "literal" if "?key" in text else "uri", "value": ""}
    rows = json.loads(answer.body)["results"]["bindings"]
    keyed = [(row.get("key", total), int(row["n"]["value"])) for row in rows]
    return {key["value"]: n for key, n in keyed if key["type"] == "uri"}


def describe(
    endpoint: str,
    statistics: Statistics,
    *,
    union_default_graph: bool,
    writable: bool,
    federated: bool = False,
) -> Iterator[ox.Triple]:
    """Yield the description of the service at the address *endpoint*."""
    service = ox.NamedNode(endpoint + "#service")
    dataset = ox.NamedNode(endpoint + "#dataset")
    default = ox.NamedNode(endpoint + "#default-graph")
    yield _triple(service, RDF + "type", SD + "Service")
    yield _triple(service, SD + "endpoint", endpoint)
    yield _triple(service, SD + "supportedLanguage", SD + "SPARQL10Query")
    yield _triple(service, SD + "supportedLanguage", SD + "SPARQL11Query")
    if writable:
        yield _triple(service, SD + "supportedLanguage", SD + "SPARQL11Update")
    iris = [form.iri for form in RESULTS_FORMATS.values()]
    for iri in (*iris, *(form.iri for form in RDF_FORMATS.values())):
        # The engine's IRI of JSON-LD is not the one of https://www.w3.org/ns/formats/.
        yield _triple(service, SD + "resultFormat", FORMATS + iri.rpartition("/")[2])
    if union_default_graph:
        yield _triple(service, SD + "feature", SD + "UnionDefaultGraph")
    if federated:
        yield _triple(service, SD + "feature", SD + "BasicFederatedQuery")
    yield _triple(service, SD + "defaultDataset", dataset.value)
    yield _triple(dataset, RDF + "type", SD + "Dataset")
    yield _triple(dataset, RDF + "type", VOID + "Dataset")
    yield _triple(dataset, VOID + "sparqlEndpoint", endpoint)
    yield _triple(dataset, SD + "defaultGraph", default.value)
    yield _triple(default, RDF + "type", SD + "Graph")
    yield from _counted(default, {"triples": statistics.numbers["triples"]})
    yield from void(dataset, statistics)
    graphs = statistics.tables["graphs"] or {}
    for iri, name in _fragments(graphs).items():
        triples = graphs[iri]
        named = ox.NamedNode(f"{endpoint}#graph-{name}")
        graph = ox.NamedNode(f"{endpoint}#triples-{name}")
        yield _triple(dataset, SD + "namedGraph", named.value)
        yield _triple(named, RDF + "type", SD + "NamedGraph")
        yield _triple(named, SD + "name", iri)
        yield _triple(named, SD + "graph", graph.value)
        yield _triple(graph, RDF + "type", SD + "Graph")
        yield from _counted(graph, {"triples": triples})


def void(dataset: ox.NamedNode, statistics: Statistics) -> Iterator[ox.Triple]:
    """Yield the VoID statistics: totals, and a partition for each property and class."""
    yield from _counted(dataset, statistics.numbers)
    for name, link, key, number in (
        ("properties", "propertyPartition", "property", "triples"),
        ("classes", "classPartition", "class", "entities"),
    ):
        table = statistics.tables[name]
        if table is None:
            continue
        yield from _counted(dataset, {name: len(table)})
        for iri, fragment in _fragments(table).items():
            part = ox.NamedNode(f"{dataset.value.partition('#')[0]}#{key}-{fragment}")
            yield _triple(dataset, VOID + link, part.value)
            yield _triple(part, VOID + key, iri)
            yield from _counted(part, {number: table[iri]})


def _fragments(iris: Iterable[str]) -> dict[str, str]:
    """Return a distinct fragment for each of *iris*: readable if its namespace has a prefix.

    >>> list(_fragments(["http://www.w3.org/2004/02/skos/core#broader", "urn:x"]).values())
    ['skos-broader', '1ff30242f9f3364b']
    """
    fragments: dict[str, str] = {}
    used: set[str] = set()
    for iri in sorted(iris):
        start = len(GRAPH) if iri.startswith(GRAPH) else max(iri.rfind("#"), iri.rfind("/")) + 1
        local = iri[start:].replace("/", "-")
        fragment = _KNOWN.get(iri[:start], "") + local
        if iri[:start] not in _KNOWN or not _LOCAL_NAME.fullmatch(local) or fragment in used:
            fragment = hashlib.sha256(iri.encode(errors="replace")).hexdigest()[:16]
        used.add(fragment)
        fragments[iri] = fragment
    return fragments


def _triple(subject: ox.NamedNode, predicate: str, obj: str) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(predicate), ox.NamedNode(obj))


def _counted(subject: ox.NamedNode, numbers: dict[str, int | None]) -> Iterator[ox.Triple]:
    for name, number in numbers.items():
        if number is not None:
            value = ox.Literal(str(number), datatype=ox.NamedNode(XSD + "integer"))
            yield ox.Triple(subject, ox.NamedNode(VOID + name), value)
