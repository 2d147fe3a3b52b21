"""Split a SPARQL update into its operations, without parsing it.

The engine runs every operation as it is written. This module finds where an operation ends,
its kind, its templates and its pattern, so that the quads that it can touch can be queried
beforehand. Where it cannot, it raises `Unclear`, and the update runs as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from agendagraph.sparql.lexer import Token, Unclear, balanced, closing, opens, prologue_end
from agendagraph.sparql.query_syntax import VOLATILE

if TYPE_CHECKING:
    from collections.abc import Sequence

_MANAGEMENT: Final = frozenset({"CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"})
_MINTING: Final = VOLATILE | {"BNODE"}


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a template: triples, and the graph that they go to.

    ``graph`` is an IRI or a variable as it is written; blank is the default graph of the
    operation.
    """

    triples: str
    graph: str = ""


@dataclass(slots=True)
class Operation:
    """One operation of an update.

    Attributes:
        kind: ``INSERT DATA``, ``DELETE DATA``, ``MODIFY``, or the keyword of one that
            manages graphs (``CLEAR``, ``LOAD`` …).
        prologue: The declarations in force, as they are written.
        text: The operation itself, without its declarations.
        data: The block in braces of ``… DATA``.
        targets: Graphs as they are written, and ``DEFAULT``, ``NAMED``, ``ALL``.
        blocks: The parts of both templates of ``MODIFY``.
        with_graph: The graph of WITH, as it is written.
        using: The graphs of USING and USING NAMED, as ``FROM`` clauses.
        pattern: The block in braces of WHERE.
        mints: Whether it creates blank nodes, or values that differ the next time.
        modify: The templates and the pattern of ``MODIFY``.
        source: The document of LOAD, as it is written.
        silent: Whether a failure of LOAD is ignored.
        start: Where the operation begins in the whole update.
    """

    kind: str
    prologue: str
    text: str
    data: str = ""
    targets: tuple[str, ...] = ()
    blocks: list[Block] = field(default_factory=list)
    with_graph: str = ""
    using: str = ""
    pattern: str = ""
    mints: bool = False
    modify: tuple[str, str] = ("", "")
    source: str = ""
    silent: bool = False
    start: int = 0

    @property
    def runnable(self) -> str:
        """The operation with its declarations, as the engine runs it."""
        return f"{self.prologue}\n{self.text}"

    def located(self, line: int, column: int, whole: str) -> tuple[int, int]:
        """Return a place of `runnable` as one of the *whole* update."""
        line -= self.prologue.count("\n") + 1
        if line < 1:
            return 1, 1
        before = whole[: self.start]
        if line == 1:
            column += self.start - (before.rfind("\n") + 1)
        return before.count("\n") + line, column

    def with_dataset(self, graphs: tuple[str, ...], named: tuple[str, ...]) -> Operation:
        """Return the operation with USING clauses for the dataset that a request names.

        Raises:
            ValueError: The operation names a dataset itself (WITH or USING).
        """
        if self.kind != "MODIFY":
            return self
        if self.using or self.with_graph:
            raise ValueError("the request names a dataset, and so does the update")
        clauses = [f"USING <{iri}>" for iri in graphs]
        clauses += [f"USING NAMED <{iri}>" for iri in named]
        templates, pattern = self.modify
        self.text = f"{templates} {' '.join(clauses)} WHERE {pattern}"
        self.using = " ".join(clause.replace("USING", "FROM", 1) for clause in clauses)
        return self


def split(text: str) -> list[Operation]:
    """Return the operations of an update, in order.

    Raises:
        Unclear: Braces or quotation marks do not match, or an operation is of an unknown
            kind; most likely the text does not parse.
    """
    found = balanced(text)
    operations: list[Operation] = []
    prologue = ""
    at = 0
    while at < len(found):
        end = next(
            (i for i in range(at, len(found)) if found[i].text == ";" and not found[i].depth),
            len(found),
        )
        body = min(prologue_end(found, at), end)
        if body > at:
            prologue += text[found[at].start : found[body - 1].end] + "\n"
        if body < end:
            operation = _operation(found[body:end], text, prologue)
            operation.start = found[body].start
            operations.append(operation)
        at = end + 1
    return operations


def _operation(found: Sequence[Token], text: str, prologue: str) -> Operation:
    whole = text[found[0].start : found[-1].end]
    first = found[0].key
    second = found[1].key if len(found) > 1 else ""
    if first in _MANAGEMENT:
        targets = tuple(
            token.key
            for token in found[1:]
            if token.kind in ("iri", "name") or token.key in ("DEFAULT", "NAMED", "ALL")
        )
        return Operation(first, prologue, whole, targets=targets)
    if first == "LOAD":
        return _loading(found, Operation("LOAD", prologue, whole))
    if first in ("INSERT", "DELETE") and second == "DATA":
        data = text[found[2].start : found[-1].end] if len(found) > 2 else ""
        return Operation(f"{first} DATA", prologue, whole, data=data)
    if first in ("INSERT", "DELETE", "WITH"):
        return _modification(found, text, Operation("MODIFY", prologue, whole))
    raise Unclear


def _loading(found: Sequence[Token], operation: Operation) -> Operation:
    """Read ``LOAD [SILENT] iri [INTO GRAPH iri]``."""
    operation.silent = len(found) > 1 and found[1].key == "SILENT"
    rest = found[1 + operation.silent :]
    kinds = [token.kind if token.kind != "word" else token.key for token in rest]
    if [kind.replace("name", "iri") for kind in kinds] not in (
        ["iri"],
        ["iri", "INTO", "GRAPH", "iri"],
    ):
        raise Unclear
    operation.source = rest[0].text
    operation.targets = tuple(token.text for token in rest[3:])
    return operation


def _modification(found: Sequence[Token], text: str, operation: Operation) -> Operation:
    operation.mints = any(t.kind == "word" and t.key in _MINTING for t in found)
    at = 0
    if found[0].key == "WITH":
        operation.with_graph = found[1].text
        at = 2
    start = at
    templates = ""
    clauses: list[str] = []
    while at < len(found):
        key = found[at].key
        if key in ("INSERT", "DELETE") and opens(found, at + 1):
            close = closing(found, at + 1)
            operation.blocks += _blocks(found[at + 2 : close], text)
            operation.mints |= key == "INSERT" and _makes_nodes(found[at + 2 : close])
            templates = text[found[start].start : found[close].end]
            at = close + 1
        elif key == "USING":
            length = 3 if found[at + 1].key == "NAMED" else 2
            clauses.append("FROM " + text[found[at + 1].start : found[at + length - 1].end])
            at += length
        elif key == "WHERE" and opens(found, at + 1):
            operation.pattern = text[found[at + 1].start : found[-1].end]
            break
        elif key == "DELETE":  # DELETE WHERE: the pattern is the template
            at += 1
            close = closing(found, at + 1)
            operation.blocks += _blocks(found[at + 2 : close], text)
            templates = "DELETE " + text[found[at + 1].start : found[close].end]
        elif key == "{" and templates:  # WHERE may be left out
            operation.pattern = text[found[at].start : found[-1].end]
            break
        else:
            raise Unclear
    operation.using = " ".join(clauses)
    operation.modify = (templates, operation.pattern)
    return operation


def _blocks(found: Sequence[Token], text: str) -> list[Block]:
    """Return the blocks of a template: triples outside of GRAPH, and those of each GRAPH."""
    blocks: list[Block] = []
    at = run = 0
    while at < len(found):
        if found[at].kind == "word" and found[at].key == "GRAPH" and opens(found, at + 2):
            blocks += _block(found[run:at], text)
            close = closing(found, at + 2)
            blocks += _block(found[at + 3 : close], text, found[at + 1].text)
            at = run = close + 1
        else:
            at += 1
    return blocks + _block(found[run:], text)


def _block(found: Sequence[Token], text: str, graph: str = "") -> list[Block]:
    while found and found[0].text == ".":  # a dot may stand behind a GRAPH
        found = found[1:]
    return [Block(text[found[0].start : found[-1].end], graph)] if found else []


def _makes_nodes(found: Sequence[Token]) -> bool:
    """Whether a template holds blank nodes, collections, or RDF 1.2's reifiers."""
    return any(
        token.kind == "blank" or token.text in ("[", "(", "~", "<<", "{|") for token in found
    )
