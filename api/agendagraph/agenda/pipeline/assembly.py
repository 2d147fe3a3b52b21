"""Assemble the whole graph from folders: read, link, build the layers, validate.

Nothing is written here. The same folders always give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from agendagraph.agenda.pipeline.layers.analysis import LinkedElement, analysis_layer, link
from agendagraph.agenda.pipeline.layers.derived import derived_layer
from agendagraph.agenda.pipeline.layers.document import document_layer
from agendagraph.agenda.pipeline.layers.world import world_layer
from agendagraph.agenda.pipeline.sources import AgendaSource, Folders, read_agendas
from agendagraph.agenda.pipeline.tables.reading import read_tables
from agendagraph.agenda.pipeline.violation_sources import locate
from agendagraph.rdf.reading import quads_of_file
from agendagraph.rdf.turtle import to_turtle
from agendagraph.store.shipped import ontology_files
from agendagraph.validation import Report, validate_quads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from agendagraph.agenda.pipeline.layers.graph_builder import GraphBuilder
    from agendagraph.agenda.pipeline.tables.reading import Tables
    from agendagraph.rdf.turtle import Triple
    from agendagraph.validation import Place

_HEADINGS: Final = {
    "world": "World facts: countries, organisations, memberships, bodies, places and events.",
    "document": "The document {}: its elements, their words, and where these stand.",
    "analysis": "What we read out of {}: mentions, commitments, engagements and themes.",
    "derived": "Shortcuts, made by queries from the other layers of {}.",
}
_MADE: Final = "Made by `agendagraph build`. Edit the tables and not this file."


@dataclass(frozen=True, slots=True)
class NamedGraph:
    """One graph of the build: ``world``, or an agenda's layer as ``kr-mofa-2022/derived``.

    ``places`` are the places that the triples come from, one each, or empty if unknown.
    """

    name: str
    triples: tuple[Triple, ...]
    places: tuple[Place | None, ...] = ()

    @property
    def path(self) -> str:
        """The path of its file below ``data/graph/``."""
        return f"{self.name}.ttl"

    def turtle(self) -> str:
        """Return the text of the file."""
        agenda, _, layer = self.name.rpartition("/")
        return to_turtle(self.triples, heading=f"{_HEADINGS[layer].format(agenda)}\n\n{_MADE}")


def assemble(
    folders: Folders, *, announce: Callable[[str], None] = lambda _: None
) -> tuple[NamedGraph, ...]:
    """Build every named graph from *folders*.

    *announce* is called with the name of each step.

    Raises:
        SourceError: A page does not have the layout that we read.
        TableError: The tables are invalid.
        GraphSyntaxError: A scheme does not parse.
    """
    announce("reading tables and pages")
    tables = read_tables(folders.tables, schemes=folders.ontology / "schemes")
    agendas = read_agendas(folders, tables)
    announce("linking names")
    linked = [link(agenda.document, tables.gazetteer) for agenda in agendas]
    announce("building the layers")
    world = world_graph(tables, agendas, linked)
    graphs = [world]
    for agenda, elements in zip(agendas, linked, strict=True):
        graphs += agenda_graphs(agenda, elements, world.triples)
    return tuple(graphs)


def world_graph(
    tables: Tables, agendas: Iterable[AgendaSource], linked: Iterable[Iterable[LinkedElement]]
) -> NamedGraph:
    """Return the world graph, with the country groups that *agendas* name."""
    return _named("world", world_layer(tables, groups=_groups_in(agendas, linked)))


def agenda_graphs(
    agenda: AgendaSource, linked: Iterable[LinkedElement], world: Iterable[Triple]
) -> Iterator[NamedGraph]:
    """Yield the three layers of one agenda; *world* is needed for the derived triples."""
    document = _named(f"{agenda.id}/document", document_layer(agenda))
    analysis = _named(f"{agenda.id}/analysis", analysis_layer(agenda, linked))
    derived = derived_layer(world, document.triples, analysis.triples)
    yield from (document, analysis, NamedGraph(f"{agenda.id}/derived", tuple(derived)))


def _named(name: str, graph: GraphBuilder) -> NamedGraph:
    return NamedGraph(name, tuple(graph), graph.places)


def validate_graphs(graphs: Iterable[NamedGraph], folders: Folders) -> Report:
    """Validate the union of *graphs* and the ontology against the shapes of *folders*.

    Returns:
        The report; each result names the rows of tables and the lines of pages that its focus
        node comes from.

    Raises:
        GraphSyntaxError: The ontology or the shapes do not parse.
    """
    graphs = tuple(graphs)
    built = (ox.Quad(*triple) for graph in graphs for triple in graph.triples)
    ontology = (quad for file in ontology_files(folders.ontology) for quad in quads_of_file(file))
    report = validate_quads(chain(built, ontology), shapes=[folders.shapes])
    validated = (
        pair for graph in graphs for pair in zip(graph.triples, graph.places, strict=False)
    )
    return locate(report, validated)


def _groups_in(
    agendas: Iterable[AgendaSource], linked: Iterable[Iterable[LinkedElement]]
) -> Iterator[str]:
    """Yield the country groups that agendas name, in their words or in their tables."""
    for elements in linked:
        for item in elements:
            yield from (m.entity for m in item.mentions if m.kind == "country-group")
    for agenda in agendas:
        for row in agenda.tables.engagements:
            for path in (row.counterpart, row.via_group, row.in_format):
                if path and path.startswith("country-group/"):
                    yield path
