"""Tell in RDF who changed what and when: one activity an update, in a graph of its own.

The counts are in the graph, the quads themselves in patch files (`patch`), whose hash
the graph holds: a history in reified quads would be several times the data. It is written
in PROV-O and VoID and needs no terms of our own::

    id/update/000000000012-3f2a9c1e  a prov:Activity ;
        rdfs:label "PUT http://example.org/g" ; prov:endedAtTime … ;
        prov:wasAssociatedWith id/agent/alice ;
        prov:generated …/added ; prov:invalidated …/removed .
    …/added  a void:Dataset ; void:triples 3 .

An update that undoes another one has ``prov:wasInformedBy`` that one. An update's name is
that of the generation that it made.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pyoxigraph as ox

from agendagraph.namespaces import GRAPH, ID, PREFIXES
from agendagraph.rdf.terms import DCTERMS, PROV, RDF, RDFS, XSD, Vocabulary, integer, string

if TYPE_CHECKING:
    from collections.abc import Iterable

HISTORY_GRAPH: Final = GRAPH + "updates"
"""The graph of the history; clients read it, and only the writer writes it."""

UPDATE: Final = ID + "update/"
_AGENT: Final = ID + "agent/"
_VOID: Final = Vocabulary(PREFIXES["void"])
_UNSAFE: Final = re.compile(r"[^\w.~-]+")

NAME: Final = re.compile(r"\d{12}-[0-9a-f]{8}")
"""What an update's name looks like."""

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
"""The question for the history, oldest first; `entries_of` reads the answer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One update of the history.

    Attributes:
        name: Of the update, and of the generation that it made.
        time: When it was committed, in UTC.
        agent: Who asked for it.
        label: What was asked for, in one line.
        added: How many quads it added.
        removed: How many it removed.
        sha256: Of its patch file; ``None`` where there is none, as for a bulk load.
        undoes: The name of the update that this one undid, if it did.
        undone: The name of the update that has undone it, unless that one was itself undone.
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


def quads_for(  # noqa: PLR0913 - the columns of the history
    name: str,
    *,
    agent: str,
    label: str,
    added: int,
    removed: int,
    sha256: str | None,
    undoes: str | None = None,
    now: dt.datetime | None = None,
) -> list[ox.Quad]:
    """Return the quads that tell of one update.

    Args:
        name: Of the update, and of the generation that it makes.
        agent: Who asked for it.
        label: What was asked for, in one line.
        added: How many quads it adds.
        removed: How many it removes.
        sha256: Of its patch file; ``None`` where there is none.
        undoes: The name of the update that this one undoes.
        now: When it is committed; by default, now.
    """
    update = ox.NamedNode(UPDATE + name)
    who = ox.NamedNode(_AGENT + _UNSAFE.sub(lambda found: quote(found[0], safe=""), agent))
    at = (now or dt.datetime.now(dt.UTC)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    triples: list[tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]] = [
        (update, RDF.type, PROV.Activity),
        (update, RDFS.label, string(label)),
        (update, PROV.endedAtTime, ox.Literal(at, datatype=XSD.dateTime)),
        (update, PROV.wasAssociatedWith, who),
        (who, RDF.type, PROV.Agent),
        (who, RDFS.label, string(agent)),
    ]
    for what, predicate, count in (
        ("added", PROV.generated, added),
        ("removed", PROV.invalidated, removed),
    ):
        part = ox.NamedNode(f"{UPDATE}{name}/{what}")
        triples += [
            (update, predicate, part),
            (part, RDF.type, _VOID.Dataset),
            (part, _VOID.triples, integer(count)),
        ]
    if sha256 is not None:
        triples.append((update, DCTERMS.identifier, string(f"sha256:{sha256}")))
    if undoes is not None:
        triples.append((update, PROV.wasInformedBy, ox.NamedNode(UPDATE + undoes)))
    graph = ox.NamedNode(HISTORY_GRAPH)
    return [ox.Quad(*triple, graph) for triple in triples]


def entries(store: ox.Store) -> list[Entry]:
    """Return the history that a store holds, in order."""
    return entries_of(store.query(ENTRIES))  # type: ignore[arg-type]


def entries_of(rows: Iterable[ox.QuerySolution]) -> list[Entry]:
    """Return the history from the answer to `ENTRIES`, in order."""
    found = [_entry(row) for row in rows]
    undoing: dict[str, str] = {}
    for each in reversed(found):  # whether the later one still holds is known by then
        if each.undoes is not None and each.name not in undoing:
            undoing.setdefault(each.undoes, each.name)
    return [replace(each, undone=undoing.get(each.name)) for each in found]


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
