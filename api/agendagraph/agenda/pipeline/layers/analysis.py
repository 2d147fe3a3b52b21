"""Build the analysis layer of an agenda: the interpretation of its words.

The linker finds the mentions; everything else is coded by hand in tables. Every node states
its coder and the version of the codebook. No disagreement about this layer touches the
document layer.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from agendagraph.agenda.linking import find_mentions
from agendagraph.agenda.pipeline.layers.document import add_anchor, capture_of
from agendagraph.agenda.pipeline.layers.graph_builder import GraphBuilder
from agendagraph.agenda.pipeline.tables.agenda_rows import CoderRow
from agendagraph.agenda.pipeline.tables.cells import COUNTERPARTS
from agendagraph.rdf import iris, terms
from agendagraph.rdf.terms import AGENDA, PROV
from agendagraph.validation import Place
from agendagraph.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import NamedNode

    from agendagraph.agenda.linking import Gazetteer, Mention
    from agendagraph.agenda.pipeline.sources import AgendaSource
    from agendagraph.agenda.source import Document, Element

LINKER: Final = "linker"
"""The coder of mentions; coders.csv may describe it."""

_LINKER_ROW: Final = CoderRow(
    id=LINKER,
    label_ko="이름 찾기 규칙",
    label_en="name linker",
    kind="rule",
    codebook_version=__version__,
    note=None,
)


@dataclass(frozen=True, slots=True)
class LinkedElement:
    """An element with its mentions; their offsets are those in the element's text."""

    element: Element
    mentions: tuple[Mention, ...]


def link(document: Document, gazetteer: Gazetteer) -> tuple[LinkedElement, ...]:
    """Return every element with its mentions, in the order of the page."""
    return tuple(
        LinkedElement(element, tuple(find_mentions(element.text, gazetteer)))
        for element in document.elements
    )


def analysis_layer(agenda: AgendaSource, linked: Iterable[LinkedElement]) -> GraphBuilder:
    """Return the analysis layer of *agenda*; *linked* are the elements with their mentions."""
    analysis = _Analysis(agenda)
    analysis.coders()
    analysis.mentions(linked)
    analysis.commitments()
    analysis.themes()
    analysis.engagements()
    analysis.promises()
    analysis.responsibilities()
    analysis.invocations()
    analysis.quantities()
    analysis.dates()
    analysis.policy_lines()
    return analysis.graph


class _Analysis:
    """Builds the analysis of one agenda, one method a table."""

    def __init__(self, agenda: AgendaSource) -> None:
        self.graph = GraphBuilder()
        self._agenda = agenda
        self._tables = agenda.tables
        self._coders = {row.id: row for row in agenda.tables.coders}
        self._coders.setdefault(LINKER, _LINKER_ROW)

    def coders(self) -> None:
        for row in self.graph.rows(self._tables.coders):
            self._coder(row)
        if self._coders[LINKER] is _LINKER_ROW:
            self._coder(_LINKER_ROW)

    def _coder(self, row: CoderRow) -> None:
        node = iris.thing(f"coder/{row.id}")
        self.graph.type(node, "Coder")
        self.graph.label(node, row.label_ko, row.label_en)
        self.graph.string(node, AGENDA.coderKind, row.kind)
        self.graph.note(node, row.note)

    def mentions(self, linked: Iterable[LinkedElement]) -> None:
        for item in linked:
            self.graph.set_place(Place(self._agenda.document.name, item.element.line))
            parent = iris.element(self._agenda.id, item.element.id)
            for number, mention in enumerate(item.mentions, start=1):
                node = iris.below(parent, f"m{number}")
                self._mention(node, parent, item.element, mention)
        self.graph.set_place(None)

    def _mention(
        self, node: NamedNode, parent: NamedNode, element: Element, mention: Mention
    ) -> None:
        graph = self.graph
        self._describe(node, "Mention", LINKER)
        graph.add(node, AGENDA.mentionOf, parent)
        graph.things(node, AGENDA.refersTo, mention.entity)
        members = (path for path in mention.members if path.partition("/")[0] in COUNTERPARTS)
        graph.things(node, AGENDA.namesMember, *members)
        graph.source_text(node, AGENDA.asStated, mention.surface)
        graph.string(node, AGENDA.nameForm, mention.form)
        graph.add(node, AGENDA.isSelf, terms.boolean(mention.self))
        start = element.start + mention.start
        add_anchor(graph, node, capture_of(self._agenda), start=start, words=mention.surface)

    def commitments(self) -> None:
        graph = self.graph
        for row in graph.rows(self._tables.commitments):
            node = self._coded(row.id, "Commitment", row.coder)
            graph.label(node, row.label_ko, row.label_en)
            graph.add(node, AGENDA.commitmentOf, self._node(row.element))
            graph.add(node, AGENDA.order, terms.integer(row.order))
            graph.source_text(node, AGENDA.asStated, row.quote)
            graph.concept(node, AGENDA.actionType, "action-type", row.action_type)
            graph.source_text(node, AGENDA.conditionText, row.condition)
            graph.note(node, row.note)

    def themes(self) -> None:
        counts = Counter[str]()
        for row in self.graph.rows(self._tables.themes):
            counts[row.subject] += 1
            subject = self._node(row.subject)
            node = iris.below(subject, f"t{counts[row.subject]}")
            self._describe(node, "ThemeAssignment", row.coder)
            self.graph.add(node, AGENDA.themeOf, subject)
            self.graph.concept(node, AGENDA.theme, "theme", row.theme)
            self.graph.concept(subject, AGENDA.theme, "theme", row.theme)
            self.graph.add(node, AGENDA.share, terms.decimal(row.share))

    def engagements(self) -> None:
        graph = self.graph
        for row in graph.rows(self._tables.engagements):
            node = self._coded(row.id, "Engagement", row.coder)
            graph.add(node, AGENDA.inCommitment, self._node(row.commitment))
            graph.add(node, AGENDA.evidence, self._node(row.evidence))
            graph.things(node, AGENDA.counterpart, row.counterpart)
            graph.concept(node, AGENDA.engagementRole, "engagement-role", row.role)
            graph.concept(node, AGENDA.stance, "stance", row.stance)
            graph.concept(node, AGENDA.explicitness, "explicitness", row.explicitness)
            graph.things(node, AGENDA.viaGroup, row.via_group)
            graph.things(node, AGENDA.inFormat, row.in_format)
            graph.things(node, AGENDA.atPlace, *row.at_place)
            graph.source_text(node, AGENDA.asStated, row.quote)
            graph.note(node, row.note)

    def promises(self) -> None:
        graph = self.graph
        for row in graph.rows(self._tables.promises):
            node = self._coded(row.id, "Promise", row.coder)
            graph.add(node, AGENDA.inCommitment, self._node(row.commitment))
            graph.things(node, AGENDA.promises, row.thing)
            graph.concept(node, AGENDA.promiseKind, "promise-kind", row.kind)
            graph.things(node, AGENDA.under, row.under)
            graph.source_text(node, AGENDA.asStated, row.quote)

    def responsibilities(self) -> None:
        graph = self.graph
        for row in graph.rows(self._tables.responsibilities):
            node = self._coded(row.id, "Responsibility", row.coder)
            graph.add(node, AGENDA.responsibilityOf, self._node(row.element))
            graph.things(node, AGENDA.body, row.body)
            graph.concept(node, AGENDA.responsibilityRole, "responsibility-role", row.role)
            graph.source_text(node, AGENDA.asStated, row.quote)

    def invocations(self) -> None:
        graph = self.graph
        for row in graph.rows(self._tables.invocations):
            node = self._coded(row.id, "Invocation", row.coder)
            graph.add(node, AGENDA.invocationOf, self._node(row.element))
            graph.things(node, AGENDA.invokes, row.instrument)
            graph.source_text(node, AGENDA.asStated, row.quote)

    def quantities(self) -> None:
        graph = self.graph
        for row in graph.rows(self._tables.quantities):
            node = self._coded(row.id, f"Quantified{row.kind.title()}", row.coder)
            graph.type(node, "Quantity")
            graph.add(node, AGENDA.quantityOf, self._node(row.element))
            graph.concept(node, AGENDA.measure, "effect-measure", row.measure)
            graph.add(node, AGENDA.value, terms.decimal(row.value))
            graph.string(node, AGENDA.unit, row.unit)
            graph.source_text(node, AGENDA.asStated, row.as_stated)
            graph.add(node, AGENDA.isProvisional, terms.boolean(row.provisional))
            quantified = self._node(row.quantifies) if row.quantifies else None
            graph.add(node, AGENDA.quantifies, quantified)

    def dates(self) -> None:
        graph = self.graph
        for row in graph.rows(self._tables.dates):
            node = self._coded(row.id, "DateMention", row.coder)
            graph.add(node, AGENDA.dateOf, self._node(row.element))
            graph.source_text(node, AGENDA.asStated, row.as_stated)
            graph.date(node, AGENDA.date, row.date)
            graph.string(node, AGENDA.datePrecision, row.precision)
            graph.things(node, AGENDA.dates, row.event)

    def policy_lines(self) -> None:
        for row in self.graph.rows(self._tables.policy_lines):
            self.graph.concept(self._node(row.goal), AGENDA.policyLine, "policy-line", row.line)

    def _node(self, path: str) -> NamedNode:
        return iris.coded(self._agenda.id, path)

    def _coded(self, path: str, class_name: str, coder: str) -> NamedNode:
        """Add the node of a coded row, and return it."""
        node = self._node(path)
        self._describe(node, class_name, coder)
        return node

    def _describe(self, node: NamedNode, class_name: str, coder: str) -> None:
        """Add the class of *node*, its coder, and the version of the codebook."""
        self.graph.type(node, class_name)
        self.graph.add(node, PROV.wasAttributedTo, iris.thing(f"coder/{coder}"))
        version = self._coders[coder].codebook_version
        self.graph.string(node, AGENDA.codebookVersion, version)
