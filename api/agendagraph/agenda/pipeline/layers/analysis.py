"""Make the analysis layer of an agenda: what we read out of its words.

Mentions are found by the linker; all else is coded by hand in tables. Every node says who
or what coded it, under which version of the codebook. A disagreement about anything here
never touches the document layer.
"""

from __future__ import annotations

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
    from collections.abc import Iterator

    from pyoxigraph import NamedNode

    from agendagraph.agenda.linking import Gazetteer, Mention
    from agendagraph.agenda.pipeline.sources import AgendaSource
    from agendagraph.agenda.source import Element

LINKER: Final = "linker"
"""The coder of mentions; a row of coders.csv may say more of it."""

_LINKER_ROW: Final = CoderRow(
    id=LINKER,
    label_ko="이름 찾기 규칙",
    label_en="name linker",
    kind="rule",
    codebook_version=__version__,
    note=None,
)


def mentions_of(
    agenda: AgendaSource, gazetteer: Gazetteer
) -> Iterator[tuple[Element, list[Mention]]]:
    """Yield the elements of *agenda* in order, each with what its words name."""
    for element in agenda.document.elements:
        yield element, find_mentions(element.text, gazetteer)


def analysis_layer(
    agenda: AgendaSource, mentions: list[tuple[Element, list[Mention]]]
) -> GraphBuilder:
    """Return the analysis layer of *agenda*, with *mentions* as `mentions_of` gives them."""
    analysis = _Analysis(agenda)
    analysis.coders()
    analysis.mentions(mentions)
    analysis.commitments()
    analysis.themes()
    analysis.engagements()
    analysis.promises()
    analysis.responsibilities()
    analysis.invocations()
    analysis.quantities()
    analysis.dates()
    analysis.policy_lines()
    return analysis.layer


class _Analysis:
    """Writes the analysis of one agenda, a table a method."""

    def __init__(self, agenda: AgendaSource) -> None:
        self.layer = GraphBuilder()
        self._agenda = agenda
        self._tables = agenda.tables
        self._coders = {row.id: row for row in agenda.tables.coders}
        self._coders.setdefault(LINKER, _LINKER_ROW)

    def coders(self) -> None:
        for row in self.layer.rows(self._tables.coders):
            self._coder(row)
        if self._coders[LINKER] is _LINKER_ROW:
            self._coder(_LINKER_ROW)

    def _coder(self, row: CoderRow) -> None:
        node = iris.thing(f"coder/{row.id}")
        self.layer.type(node, "Coder")
        self.layer.label(node, row.label_ko, row.label_en)
        self.layer.add(node, AGENDA.coderKind, terms.string(row.kind))
        self.layer.note(node, row.note)

    def mentions(self, mentions: list[tuple[Element, list[Mention]]]) -> None:
        for element, found in mentions:
            self.layer.at(Place(self._agenda.document.name, element.line))
            parent = iris.element(self._agenda.id, element.id)
            for number, mention in enumerate(found, start=1):
                node = iris.below(parent, f"m{number}")
                self._mention(node, parent, element, mention)
        self.layer.at(None)

    def _mention(
        self, node: NamedNode, parent: NamedNode, element: Element, mention: Mention
    ) -> None:
        layer = self.layer
        self._coded(node, "Mention", LINKER)
        layer.add(node, AGENDA.mentionOf, parent)
        layer.things(node, AGENDA.refersTo, [mention.entity])
        members = (path for path in mention.members if path.partition("/")[0] in COUNTERPARTS)
        layer.things(node, AGENDA.namesMember, members)
        layer.words(node, AGENDA.asStated, mention.surface)
        layer.add(node, AGENDA.nameForm, terms.string(mention.form))
        layer.add(node, AGENDA.isSelf, terms.boolean(mention.self))
        start = element.start + mention.start
        add_anchor(layer, node, capture_of(self._agenda), start=start, words=mention.surface)

    def commitments(self) -> None:
        layer = self.layer
        for row in self.layer.rows(self._tables.commitments):
            node = self._node(row.id)
            self._coded(node, "Commitment", row.coder)
            layer.label(node, row.label_ko, row.label_en)
            layer.add(node, AGENDA.commitmentOf, self._node(row.element))
            layer.add(node, AGENDA.order, terms.integer(row.order))
            layer.words(node, AGENDA.asStated, row.quote)
            layer.concept(node, AGENDA.actionType, "action-type", row.action_type)
            layer.words(node, AGENDA.conditionText, row.condition)
            layer.note(node, row.note)

    def themes(self) -> None:
        counts: dict[str, int] = {}
        for row in self.layer.rows(self._tables.themes):
            counts[row.subject] = counts.get(row.subject, 0) + 1
            subject = self._node(row.subject)
            node = iris.below(subject, f"t{counts[row.subject]}")
            self._coded(node, "ThemeAssignment", row.coder)
            self.layer.add(node, AGENDA.themeOf, subject)
            self.layer.concept(node, AGENDA.theme, "theme", row.theme)
            self.layer.concept(subject, AGENDA.theme, "theme", row.theme)
            self.layer.add(node, AGENDA.share, terms.decimal(row.share))

    def engagements(self) -> None:
        layer = self.layer
        for row in self.layer.rows(self._tables.engagements):
            node = self._node(row.id)
            self._coded(node, "Engagement", row.coder)
            layer.add(node, AGENDA.inCommitment, self._node(row.commitment))
            layer.add(node, AGENDA.evidence, self._node(row.evidence))
            layer.things(node, AGENDA.counterpart, [row.counterpart])
            layer.concept(node, AGENDA.engagementRole, "engagement-role", row.role)
            layer.concept(node, AGENDA.stance, "stance", row.stance)
            layer.concept(node, AGENDA.explicitness, "explicitness", row.explicitness)
            layer.things(node, AGENDA.viaGroup, [row.via_group] if row.via_group else [])
            layer.things(node, AGENDA.inFormat, [row.in_format] if row.in_format else [])
            layer.things(node, AGENDA.atPlace, row.at_place)
            layer.words(node, AGENDA.asStated, row.quote)
            layer.note(node, row.note)

    def promises(self) -> None:
        layer = self.layer
        for row in self.layer.rows(self._tables.promises):
            node = self._node(row.id)
            self._coded(node, "Promise", row.coder)
            layer.add(node, AGENDA.inCommitment, self._node(row.commitment))
            layer.things(node, AGENDA.promises, [row.thing])
            layer.concept(node, AGENDA.promiseKind, "promise-kind", row.kind)
            layer.things(node, AGENDA.under, [row.under] if row.under else [])
            layer.words(node, AGENDA.asStated, row.quote)

    def responsibilities(self) -> None:
        layer = self.layer
        for row in self.layer.rows(self._tables.responsibilities):
            node = self._node(row.id)
            self._coded(node, "Responsibility", row.coder)
            layer.add(node, AGENDA.responsibilityOf, self._node(row.element))
            layer.things(node, AGENDA.body, [row.body])
            layer.concept(node, AGENDA.responsibilityRole, "responsibility-role", row.role)
            layer.words(node, AGENDA.asStated, row.quote)

    def invocations(self) -> None:
        layer = self.layer
        for row in self.layer.rows(self._tables.invocations):
            node = self._node(row.id)
            self._coded(node, "Invocation", row.coder)
            layer.add(node, AGENDA.invocationOf, self._node(row.element))
            layer.things(node, AGENDA.invokes, [row.instrument])
            layer.words(node, AGENDA.asStated, row.quote)

    def quantities(self) -> None:
        layer = self.layer
        for row in self.layer.rows(self._tables.quantities):
            node = self._node(row.id)
            self._coded(node, f"Quantified{row.kind.title()}", row.coder)
            layer.type(node, "Quantity")
            layer.add(node, AGENDA.quantityOf, self._node(row.element))
            layer.concept(node, AGENDA.measure, "effect-measure", row.measure)
            layer.add(node, AGENDA.value, terms.decimal(row.value))
            layer.add(node, AGENDA.unit, terms.string(row.unit))
            layer.words(node, AGENDA.asStated, row.as_stated)
            layer.add(node, AGENDA.isProvisional, terms.boolean(row.provisional))
            layer.add(
                node, AGENDA.quantifies, self._node(row.quantifies) if row.quantifies else None
            )

    def dates(self) -> None:
        layer = self.layer
        for row in self.layer.rows(self._tables.dates):
            node = self._node(row.id)
            self._coded(node, "DateMention", row.coder)
            layer.add(node, AGENDA.dateOf, self._node(row.element))
            layer.words(node, AGENDA.asStated, row.as_stated)
            layer.add(node, AGENDA.date, terms.date_or_year(row.date))
            layer.add(node, AGENDA.datePrecision, terms.string(row.precision))
            layer.things(node, AGENDA.dates, [row.event] if row.event else [])

    def policy_lines(self) -> None:
        for row in self.layer.rows(self._tables.policy_lines):
            self.layer.concept(self._node(row.goal), AGENDA.policyLine, "policy-line", row.line)

    def _node(self, path: str) -> NamedNode:
        return iris.coded(self._agenda.id, path)

    def _coded(self, node: NamedNode, kind: str, coder: str) -> None:
        """State what *node* is, who coded it, and under which codebook."""
        self.layer.type(node, kind)
        self.layer.add(node, PROV.wasAttributedTo, iris.thing(f"coder/{coder}"))
        version = self._coders[coder].codebook_version
        self.layer.add(node, AGENDA.codebookVersion, terms.string(version))
