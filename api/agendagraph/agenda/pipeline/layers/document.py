"""Build the document layer of an agenda: its elements, their words, and their positions.

Nothing is interpreted here. The page can be restored from this layer alone.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from agendagraph.agenda.pipeline.layers.graph_builder import LANGUAGE, GraphBuilder
from agendagraph.agenda.source import Kind
from agendagraph.rdf import iris, terms
from agendagraph.rdf.terms import AGENDA, DCTERMS, OA, PROV, RDF, RDFS
from agendagraph.validation import Place

if TYPE_CHECKING:
    from pyoxigraph import NamedNode

    from agendagraph.agenda.pipeline.sources import AgendaSource
    from agendagraph.agenda.pipeline.tables.rows import LabelRow
    from agendagraph.agenda.source import Element

_HEADED: Final = frozenset({Kind.GOAL, Kind.SECTION, Kind.CONTENT_ITEM, Kind.REGION_HEADING})
"""The kinds of elements that are titles, and so have a preferred label."""

_WORD: Final = re.compile(r"(?<!^)(?=[A-Z])")


def document_layer(agenda: AgendaSource) -> GraphBuilder:
    """Return the document layer of *agenda*."""
    graph = GraphBuilder()
    own = agenda.tables.agenda
    graph.set_place(Place(own.file, own.lines[0]))
    _agenda(graph, agenda)
    _capture(graph, agenda)
    table = agenda.tables.labels
    labels = {row.element: (line, row) for line, row in table.numbered()}
    for element in agenda.document.elements:
        graph.set_place(Place(agenda.document.name, element.line))
        _element(graph, agenda, element)
        line, label = labels.get(element.id, (None, None))
        if line is not None:
            graph.set_place(Place(table.file, line))
        _translated(graph, iris.element(agenda.id, element.id), element, label)
    graph.set_place(None)
    _errata(graph, agenda)
    return graph


def add_anchor(
    graph: GraphBuilder, node: NamedNode, capture: NamedNode, *, start: int, words: str
) -> None:
    """Add the position of the words of *node*: from code point *start* of *capture*."""
    anchor = iris.below(node, "anchor")
    position, quote = iris.below(anchor, "position"), iris.below(anchor, "quote")
    graph.add(node, AGENDA.anchor, anchor)
    graph.add(anchor, RDF.type, OA.SpecificResource)
    graph.add(anchor, OA.hasSource, capture)
    graph.add(anchor, OA.hasSelector, position, quote)
    graph.add(position, RDF.type, OA.TextPositionSelector)
    graph.add(position, OA.start, terms.integer(start))
    graph.add(position, OA.end, terms.integer(start + len(words)))
    graph.add(quote, RDF.type, OA.TextQuoteSelector)
    graph.add(quote, OA.exact, terms.text(words, LANGUAGE))


def capture_of(agenda: AgendaSource) -> NamedNode:
    """Return the IRI of the capture of the agenda's page."""
    return iris.thing(f"capture/{agenda.tables.row.capture}")


def _agenda(graph: GraphBuilder, agenda: AgendaSource) -> None:
    row = agenda.tables.row
    node = iris.thing(f"agenda/{row.id}")
    graph.type(node, "Agenda")
    graph.label(node, row.title_ko, row.title_en, preferred=True)
    graph.things(node, AGENDA.issuedBy, row.body)
    graph.things(node, AGENDA.ofTerm, row.term and f"term/{row.term}")
    graph.date(node, AGENDA.presentedOn, row.presented)
    graph.date(node, AGENDA.adoptedOn, row.cabinet)
    graph.date(node, DCTERMS.issued, row.published)
    graph.source_text(node, AGENDA.category, agenda.document.category)
    graph.add(node, PROV.wasDerivedFrom, capture_of(agenda))
    sources = row.policy_source.split(";") if row.policy_source else []
    graph.add(node, RDFS.seeAlso, *(terms.iri(source) for source in sources))
    goals = agenda.document.of_kind(Kind.GOAL)
    graph.add(node, AGENDA.hasPart, *(iris.element(row.id, goal.id) for goal in goals))


def _capture(graph: GraphBuilder, agenda: AgendaSource) -> None:
    node = capture_of(agenda)
    text = agenda.document.text
    data = text.encode()
    row = agenda.tables.row
    graph.type(node, "SourceCapture")
    english = f"Captured page: {row.title_en}" if row.title_en else None
    graph.label(node, f"갈무리한 쪽: {row.title_ko}", english)
    graph.string(node, AGENDA.captureText, text)
    graph.add(node, AGENDA.length, terms.integer(len(text)))
    graph.add(node, AGENDA.byteLength, terms.integer(len(data)))
    graph.string(node, AGENDA.sha256, hashlib.sha256(data).hexdigest())
    about = agenda.description
    if about is None:
        return
    if about.captured_on:
        graph.add(node, AGENDA.capturedOn, terms.date(about.captured_on))
    if about.source_url:
        graph.add(node, AGENDA.sourceURL, terms.address(about.source_url))
    for words, language in ((about.rights_ko, "ko"), (about.rights_en, "en")):
        graph.add(node, DCTERMS.rights, terms.text(words, language) if words else None)


def _element(graph: GraphBuilder, agenda: AgendaSource, element: Element) -> None:
    node = iris.element(agenda.id, element.id)
    whole = iris.thing(f"agenda/{agenda.id}")
    parent = iris.element(agenda.id, element.parent) if element.parent else whole
    graph.type(node, element.kind.value, "AgendaElement")
    graph.source_text(node, AGENDA.text, element.text)
    graph.add(node, AGENDA.partOf, parent)
    if element.parent:
        graph.add(parent, AGENDA.hasPart, node)
        goal = agenda.document.goal_of(element)
        graph.add(node, AGENDA.ofGoal, iris.element(agenda.id, goal.id))
    graph.add(node, AGENDA.ofAgenda, whole)
    graph.add(node, AGENDA.order, terms.integer(element.order))
    graph.add(node, AGENDA.documentOrder, terms.integer(element.document_order))
    level = _WORD.sub("-", element.kind.value).lower()
    graph.concept(node, AGENDA.level, "element-level", level)
    graph.concept(node, AGENDA.sectionType, "section-type", element.section_type)
    if element.annotates:
        graph.add(node, AGENDA.annotates, iris.element(agenda.id, element.annotates))
    add_anchor(graph, node, capture_of(agenda), start=element.start, words=element.text)


def _translated(
    graph: GraphBuilder, node: NamedNode, element: Element, label: LabelRow | None
) -> None:
    """Add the translation, and the labels: the clean title, or the words themselves."""
    translation = label.translation if label else None
    if translation:
        graph.add(node, AGENDA.translation, terms.text(translation, "en"))
    korean = (label and label.label_ko) or element.text
    english = (label and label.label_en) or translation
    graph.label(node, korean, english, preferred=element.kind in _HEADED)


def _errata(graph: GraphBuilder, agenda: AgendaSource) -> None:
    counts = Counter[str]()
    for row in graph.rows(agenda.tables.errata):
        counts[row.element] += 1
        element = iris.element(agenda.id, row.element)
        node = iris.below(element, f"sic{counts[row.element]}")
        graph.type(node, "Erratum")
        correction = f"{row.as_stated} → {row.expected}"
        graph.label(node, f"오기: {correction}", f"Erratum: {correction}")
        graph.add(element, AGENDA.erratum, node)
        graph.add(node, AGENDA.erratumOf, element)
        graph.source_text(node, AGENDA.asStated, row.as_stated)
        graph.source_text(node, AGENDA.expected, row.expected)
        graph.string(node, AGENDA.erratumKind, row.kind)
        graph.note(node, row.note)
