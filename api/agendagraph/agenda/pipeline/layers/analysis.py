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
from agendagraph.agenda.pipeline.tables.cells import COUNTERPARTS
from agendagraph.agenda.pipeline.tables.rows import CoderRow
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
    return analysis


class _Analysis(GraphBuilder):
    """Builds the analysis of one agenda, one method a table."""

    def __init__(self, agenda: AgendaSource) -> None:
        super().__init__()
        self._agenda = agenda
        self._tables = agenda.tables
        self._coders = {row.id: row for row in agenda.tables.coders}
        self._coders.setdefault(LINKER, _LINKER_ROW)

    def coders(self) -> None:
        for row in self.rows(self._tables.coders):
            self._coder(row)
        if self._coders[LINKER] is _LINKER_ROW:
            self._coder(_LINKER_ROW)

    def _coder(self, row: CoderRow) -> None:
        node = iris.thing(f"coder/{row.id}")
        self.type(node, "Coder")
        self.label(node, row.label_ko, row.label_en)
        self.string(node, AGENDA.coderKind, row.kind)
        self.note(node, row.note)

    def mentions(self, linked: Iterable[LinkedElement]) -> None:
        for item in linked:
            self.set_place(Place(self._agenda.document.name, item.element.line))
            parent = iris.element(self._agenda.id, item.element.id)
            for number, mention in enumerate(item.mentions, start=1):
                node = iris.below(parent, f"m{number}")
                self._mention(node, parent, item.element, mention)
        self.set_place(None)

    def _mention(
        self, node: NamedNode, parent: NamedNode, element: Element, mention: Mention
    ) -> None:
        self._describe(node, "Mention", LINKER)
        self.add(node, AGENDA.mentionOf, parent)
        self.things(node, AGENDA.refersTo, mention.entity)
        members = (path for path in mention.members if path.partition("/")[0] in COUNTERPARTS)
        self.things(node, AGENDA.namesMember, *members)
        self.source_text(node, AGENDA.asStated, mention.surface)
        self.string(node, AGENDA.nameForm, mention.form)
        self.add(node, AGENDA.isSelf, terms.boolean(mention.self))
        start = element.start + mention.start
        add_anchor(self, node, capture_of(self._agenda), start=start, words=mention.surface)

    def commitments(self) -> None:
        for row in self.rows(self._tables.commitments):
            node = self._coded(row.id, "Commitment", row.coder)
            self.label(node, row.label_ko, row.label_en)
            self.add(node, AGENDA.commitmentOf, self._node(row.element))
            self.add(node, AGENDA.order, terms.integer(row.order))
            self.source_text(node, AGENDA.asStated, row.quote)
            self.concept(node, AGENDA.actionType, "action-type", row.action_type)
            self.source_text(node, AGENDA.conditionText, row.condition)
            self.note(node, row.note)

    def themes(self) -> None:
        counts = Counter[str]()
        for row in self.rows(self._tables.themes):
            counts[row.subject] += 1
            subject = self._node(row.subject)
            node = iris.below(subject, f"t{counts[row.subject]}")
            self._describe(node, "ThemeAssignment", row.coder)
            self.add(node, AGENDA.themeOf, subject)
            self.concept(node, AGENDA.theme, "theme", row.theme)
            self.concept(subject, AGENDA.theme, "theme", row.theme)
            self.add(node, AGENDA.share, terms.decimal(row.share))

    def engagements(self) -> None:
        for row in self.rows(self._tables.engagements):
            node = self._coded(row.id, "Engagement", row.coder)
            self.add(node, AGENDA.inCommitment, self._node(row.commitment))
            self.add(node, AGENDA.evidence, self._node(row.evidence))
            self.things(node, AGENDA.counterpart, row.counterpart)
            self.concept(node, AGENDA.engagementRole, "engagement-role", row.role)
            self.concept(node, AGENDA.stance, "stance", row.stance)
            self.concept(node, AGENDA.explicitness, "explicitness", row.explicitness)
            self.things(node, AGENDA.viaGroup, row.via_group)
            self.things(node, AGENDA.inFormat, row.in_format)
            self.things(node, AGENDA.atPlace, *row.at_place)
            self.source_text(node, AGENDA.asStated, row.quote)
            self.note(node, row.note)

    def promises(self) -> None:
        for row in self.rows(self._tables.promises):
            node = self._coded(row.id, "Promise", row.coder)
            self.add(node, AGENDA.inCommitment, self._node(row.commitment))
            self.things(node, AGENDA.promises, row.thing)
            self.concept(node, AGENDA.promiseKind, "promise-kind", row.kind)
            self.things(node, AGENDA.under, row.under)
            self.source_text(node, AGENDA.asStated, row.quote)

    def responsibilities(self) -> None:
        for row in self.rows(self._tables.responsibilities):
            node = self._coded(row.id, "Responsibility", row.coder)
            self.add(node, AGENDA.responsibilityOf, self._node(row.element))
            self.things(node, AGENDA.body, row.body)
            self.concept(node, AGENDA.responsibilityRole, "responsibility-role", row.role)
            self.source_text(node, AGENDA.asStated, row.quote)

    def invocations(self) -> None:
        for row in self.rows(self._tables.invocations):
            node = self._coded(row.id, "Invocation", row.coder)
            self.add(node, AGENDA.invocationOf, self._node(row.element))
            self.things(node, AGENDA.invokes, row.instrument)
            self.source_text(node, AGENDA.asStated, row.quote)

    def quantities(self) -> None:
        for row in self.rows(self._tables.quantities):
            node = self._coded(row.id, f"Quantified{row.kind.title()}", row.coder)
            self.type(node, "Quantity")
            self.add(node, AGENDA.quantityOf, self._node(row.element))
            self.concept(node, AGENDA.measure, "effect-measure", row.measure)
            self.add(node, AGENDA.value, terms.decimal(row.value))
            self.string(node, AGENDA.unit, row.unit)
            self.source_text(node, AGENDA.asStated, row.as_stated)
            self.add(node, AGENDA.isProvisional, terms.boolean(row.provisional))
            quantified = self._node(row.quantifies) if row.quantifies else None
            self.add(node, AGENDA.quantifies, quantified)

    def dates(self) -> None:
        for row in self.rows(self._tables.dates):
            node = self._coded(row.id, "DateMention", row.coder)
            self.add(node, AGENDA.dateOf, self._node(row.element))
            self.source_text(node, AGENDA.asStated, row.as_stated)
            self.date(node, AGENDA.date, row.date)
            self.string(node, AGENDA.datePrecision, row.precision)
            self.things(node, AGENDA.dates, row.event)

    def policy_lines(self) -> None:
        for row in self.rows(self._tables.policy_lines):
            self.concept(self._node(row.goal), AGENDA.policyLine, "policy-line", row.line)

    def _node(self, path: str) -> NamedNode:
        return iris.coded(self._agenda.id, path)

    def _coded(self, path: str, class_name: str, coder: str) -> NamedNode:
        node = self._node(path)
        self._describe(node, class_name, coder)
        return node

    def _describe(self, node: NamedNode, class_name: str, coder: str) -> None:
        """Add the class of *node*, its coder, and the version of the codebook."""
        self.type(node, class_name)
        self.add(node, PROV.wasAttributedTo, iris.thing(f"coder/{coder}"))
        version = self._coders[coder].codebook_version
        self.string(node, AGENDA.codebookVersion, version)
