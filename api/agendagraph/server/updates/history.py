"""The history graph: one `prov:Activity` for each update.

The graph has the counts; the quads are in patch files (`patch`), whose SHA-256 the graph has.
A history of reified quads would be several times as large as the data. The vocabulary is PROV-O
and VoID, without terms of our own::

    id/update/000000000012-3f2a9c1e  a prov:Activity ;
        rdfs:label "PUT http://example.org/g" ; prov:endedAtTime … ;
        prov:wasAssociatedWith id/agent/alice ;
        prov:generated …/added ; prov:invalidated …/removed .
    …/added  a void:Dataset ; void:triples 3 .

An update that undoes another one has ``prov:wasInformedBy`` that update. The name of an update
is the name of the generation that it made.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

import pyoxigraph as ox

from agendagraph.namespaces import GRAPH, ID, PREFIXES
from agendagraph.rdf.terms import DCTERMS, PROV, RDF, RDFS, XSD, Vocabulary, integer, string

HISTORY_GRAPH: Final = GRAPH + "updates"
"""The history graph: clients may read it; only the writer changes it."""

UPDATE: Final = ID + "update/"
_AGENT: Final = ID + "agent/"
_VOID: Final = Vocabulary(PREFIXES["void"])
_UNSAFE: Final = re.compile(r"[^\w.~-]+")

NAME: Final = re.compile(r"\d{12}-[0-9a-f]{8}")
"""The name of an update."""

ENTRIES: Final = f"""
PREFIX prov: <{PREFIXES["prov"]}>
PREFIX rdfs: <{PREFIXES["rdfs"]}>
PREFIX void: <{PREFIXES["void"]}>
PREFIX dcterms: <{PREFIXES["dcterms"]}>
SELECT ?update ?time ?agent ?label ?added ?removed ?sha256 ?undoes
FROM <{HISTORY_GRAPH}>
WHERE {{
  ?update a prov:Activity ;
    prov:endedAtTime ?time ;
    prov:wasAssociatedWith/rdfs:label ?agent ;
    rdfs:label ?label ;
    prov:generated/void:triples ?added ;
    prov:invalidated/void:triples ?removed .
  OPTIONAL {{ ?update dcterms:identifier ?sha256 }}
  OPTIONAL {{ ?update prov:wasInformedBy ?undoes }}
}}
ORDER BY ?update
"""  # noqa: S608 - of constants
"""The query for the history, oldest first; the response to ``GET /updates``."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One update of the history; *added* and *removed* are numbers of quads.

    Attributes:
        name: The name of the update and of the generation that it made.
        time: The time of the commit, in UTC.
        agent: Who sent it.
        label: The request in one line.
        sha256: The hash of its patch file; ``None`` for a bulk load, which has no patch.
        undoes: The name of the update that this one undid, if any.
        undone: The name of the update that undid it, unless that one was undone in turn.
    """

    name: str
    time: str
    agent: str
    label: str
    added: int
    removed: int
    sha256: str | None
    undoes: str | None = None
    undone: str | None = None


def is_validated(graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph, prefix: str) -> bool:
    """Whether the IRI of a graph begins with *prefix*, and it is not the history graph."""
    iri = graph.value if isinstance(graph, ox.NamedNode) else ""
    return iri.startswith(prefix) and iri != HISTORY_GRAPH


def quads_for(
    name: str,
    agent: str,
    label: str,
    *,
    added: int,
    removed: int,
    sha256: str | None,
    undoes: str | None = None,
) -> list[ox.Quad]:
    """Return the history entry of one update; see `Entry` for the arguments."""
    update = ox.NamedNode(UPDATE + name)
    who = ox.NamedNode(_AGENT + _UNSAFE.sub(lambda match: quote(match[0], safe=""), agent))
    at = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    triples: list[tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]] = [
        (update, RDF.type, PROV.Activity),
        (update, RDFS.label, string(label)),
        (update, PROV.endedAtTime, ox.Literal(at, datatype=XSD.dateTime)),
        (update, PROV.wasAssociatedWith, who),
        (who, RDF.type, PROV.Agent),
        (who, RDFS.label, string(agent)),
    ]
    for part, predicate, count in (
        ("added", PROV.generated, added),
        ("removed", PROV.invalidated, removed),
    ):
        dataset = ox.NamedNode(f"{UPDATE}{name}/{part}")
        triples += [
            (update, predicate, dataset),
            (dataset, RDF.type, _VOID.Dataset),
            (dataset, _VOID.triples, integer(count)),
        ]
    if sha256 is not None:
        triples.append((update, DCTERMS.identifier, string(f"sha256:{sha256}")))
    if undoes is not None:
        triples.append((update, PROV.wasInformedBy, ox.NamedNode(UPDATE + undoes)))
    graph = ox.NamedNode(HISTORY_GRAPH)
    return [ox.Quad(*triple, graph) for triple in triples]


def entries(store: ox.Store) -> list[Entry]:
    """Return the history of a store, the oldest update first."""
    rows = [_entry(row) for row in store.query(ENTRIES)]  # type: ignore[union-attr]
    undone: dict[str, str] = {}
    for row in reversed(rows):  # newest first, so that an undoing that was undone is known
        if row.undoes is not None and row.name not in undone:
            undone.setdefault(row.undoes, row.name)
    return [replace(row, undone=undone.get(row.name)) for row in rows]


def _entry(row: ox.QuerySolution) -> Entry:
    return Entry(
        name=row["update"].value.removeprefix(UPDATE),
        time=row["time"].value,
        agent=row["agent"].value,
        label=row["label"].value,
        added=int(row["added"].value),
        removed=int(row["removed"].value),
        sha256=row["sha256"].value.removeprefix("sha256:") if row["sha256"] else None,
        undoes=row["undoes"].value.removeprefix(UPDATE) if row["undoes"] else None,
    )
