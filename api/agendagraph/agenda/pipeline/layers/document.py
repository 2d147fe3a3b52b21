"""Make the document layer of an agenda: its elements, their words, and where these stand.

Nothing is interpreted here. The page can be written back from this layer alone.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from agendagraph.agenda.pipeline.layers.graph_builder import LANGUAGE, GraphBuilder
from agendagraph.agenda.source import Kind
from agendagraph.rdf import iris, terms
from agendagraph.rdf.terms import AGENDA, DCTERMS, OA, PROV, RDF, RDFS
from agendagraph.validation import Place

if TYPE_CHECKING:
    from pyoxigraph import NamedNode

    from agendagraph.agenda.pipeline.sources import AgendaSource
    from agendagraph.agenda.pipeline.tables.agenda_rows import LabelRow
    from agendagraph.agenda.source import Element

_HEADED: Final = frozenset({Kind.GOAL, Kind.SECTION, Kind.CONTENT_ITEM, Kind.REGION_HEADING})
"""The kinds of elements that are titles, and so have a preferred label."""

_WORD: Final = re.compile(r"(?<!^)(?=[A-Z])")


def document_layer(agenda: AgendaSource) -> GraphBuilder:
    """Return the document layer of *agenda*."""
    layer = GraphBuilder()
    own = agenda.tables.agenda
    layer.at(Place(own.file, own.lines[0]))
    _agenda(layer, agenda)
    _capture(layer, agenda)
    table = agenda.tables.labels
    labels = {row.element: (line, row) for line, row in table.numbered()}
    for element in agenda.document.elements:
        layer.at(Place(agenda.document.name, element.line))
        _element(layer, agenda, element)
        line, label = labels.get(element.id, (None, None))
        if line is not None:
            layer.at(Place(table.file, line))
        _translated(layer, iris.element(agenda.id, element.id), element, label)
    layer.at(None)
    _errata(layer, agenda)
    return layer


def add_anchor(
    layer: GraphBuilder, node: NamedNode, capture: NamedNode, *, start: int, words: str
) -> None:
    """State where the words of *node* stand: from code point *start* of *capture*."""
    anchor = iris.below(node, "anchor")
    position, quote = iris.below(anchor, "position"), iris.below(anchor, "quote")
    layer.add(node, AGENDA.anchor, anchor)
    layer.add(anchor, RDF.type, OA.SpecificResource)
    layer.add(anchor, OA.hasSource, capture)
    layer.add(anchor, OA.hasSelector, position, quote)
    layer.add(position, RDF.type, OA.TextPositionSelector)
    layer.add(position, OA.start, terms.integer(start))
    layer.add(position, OA.end, terms.integer(start + len(words)))
    layer.add(quote, RDF.type, OA.TextQuoteSelector)
    layer.add(quote, OA.exact, terms.text(words, LANGUAGE))


def capture_of(agenda: AgendaSource) -> NamedNode:
    """Return the IRI of the capture of the agenda's page."""
    return iris.thing(f"capture/{agenda.tables.row.capture}")


def _agenda(layer: GraphBuilder, agenda: AgendaSource) -> None:
    row = agenda.tables.row
    node = iris.thing(f"agenda/{row.id}")
    layer.type(node, "Agenda")
    layer.label(node, row.title_ko, row.title_en, preferred=True)
    layer.things(node, AGENDA.issuedBy, [row.body])
    layer.things(node, AGENDA.ofTerm, [f"term/{row.term}"] if row.term else [])
    layer.add(node, AGENDA.presentedOn, terms.date(row.presented) if row.presented else None)
    layer.add(node, AGENDA.adoptedOn, terms.date(row.cabinet) if row.cabinet else None)
    layer.add(node, DCTERMS.issued, terms.date_or_year(row.published))
    layer.words(node, AGENDA.category, agenda.document.category)
    layer.add(node, PROV.wasDerivedFrom, capture_of(agenda))
    sources = row.policy_source.split(";") if row.policy_source else []
    layer.add(node, RDFS.seeAlso, *(terms.iri(source) for source in sources))
    goals = agenda.document.of_kind(Kind.GOAL)
    layer.add(node, AGENDA.hasPart, *(iris.element(row.id, goal.id) for goal in goals))


def _capture(layer: GraphBuilder, agenda: AgendaSource) -> None:
    node = capture_of(agenda)
    text = agenda.document.text
    data = text.encode()
    row = agenda.tables.row
    layer.type(node, "SourceCapture")
    english = f"Captured page: {row.title_en}" if row.title_en else None
    layer.label(node, f"갈무리한 쪽: {row.title_ko}", english)
    layer.add(node, AGENDA.captureText, terms.string(text))
    layer.add(node, AGENDA.length, terms.integer(len(text)))
    layer.add(node, AGENDA.byteLength, terms.integer(len(data)))
    layer.add(node, AGENDA.sha256, terms.string(hashlib.sha256(data).hexdigest()))
    about = agenda.description
    if about is None:
        return
    if about.captured_on:
        layer.add(node, AGENDA.capturedOn, terms.date(about.captured_on))
    if about.source_url:
        layer.add(node, AGENDA.sourceURL, terms.address(about.source_url))
    for words, language in ((about.rights_ko, "ko"), (about.rights_en, "en")):
        layer.add(node, DCTERMS.rights, terms.text(words, language) if words else None)


def _element(layer: GraphBuilder, agenda: AgendaSource, element: Element) -> None:
    node = iris.element(agenda.id, element.id)
    whole = iris.thing(f"agenda/{agenda.id}")
    parent = iris.element(agenda.id, element.parent) if element.parent else whole
    layer.type(node, element.kind.value, "AgendaElement")
    layer.add(node, AGENDA.text, terms.text(element.text, LANGUAGE))
    layer.add(node, AGENDA.partOf, parent)
    if element.parent:
        layer.add(parent, AGENDA.hasPart, node)
        goal = agenda.document.goal_of(element)
        layer.add(node, AGENDA.ofGoal, iris.element(agenda.id, goal.id))
    layer.add(node, AGENDA.ofAgenda, whole)
    layer.add(node, AGENDA.order, terms.integer(element.order))
    layer.add(node, AGENDA.documentOrder, terms.integer(element.document_order))
    layer.concept(node, AGENDA.level, "element-level", _kebab(element.kind))
    layer.concept(node, AGENDA.sectionType, "section-type", element.section_type)
    if element.annotates:
        layer.add(node, AGENDA.annotates, iris.element(agenda.id, element.annotates))
    add_anchor(layer, node, capture_of(agenda), start=element.start, words=element.text)


def _translated(
    layer: GraphBuilder, node: NamedNode, element: Element, label: LabelRow | None
) -> None:
    """Add the translation, and the labels: the clean title, or else the words themselves."""
    translation = label.translation if label else None
    if translation:
        layer.add(node, AGENDA.translation, terms.text(translation, "en"))
    korean = (label and label.label_ko) or element.text
    english = (label and label.label_en) or translation
    layer.label(node, korean, english, preferred=element.kind in _HEADED)


def _errata(layer: GraphBuilder, agenda: AgendaSource) -> None:
    counts: dict[str, int] = {}
    for row in layer.rows(agenda.tables.errata):
        counts[row.element] = counts.get(row.element, 0) + 1
        element = iris.element(agenda.id, row.element)
        node = iris.below(element, f"sic{counts[row.element]}")
        layer.type(node, "Erratum")
        korean = f"오기: {row.as_stated} → {row.expected}"
        layer.label(node, korean, f"Erratum: {row.as_stated} → {row.expected}")
        layer.add(element, AGENDA.erratum, node)
        layer.add(node, AGENDA.erratumOf, element)
        layer.words(node, AGENDA.asStated, row.as_stated)
        layer.words(node, AGENDA.expected, row.expected)
        layer.add(node, AGENDA.erratumKind, terms.string(row.kind))
        layer.note(node, row.note)


def _kebab(kind: Kind) -> str:
    return _WORD.sub("-", kind.value).lower()
