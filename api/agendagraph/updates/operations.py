"""Split a SPARQL update into its operations, without parsing it.

Whether an update is right, and what it means, is the engine's affair; the engine runs every
operation as it is written. This module only finds where one ends, of which kind it is, and
where its templates and its pattern stand, so that what it will touch can be asked for
beforehand. What it cannot make out, it says so, and the update is then run as a whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

_TOKEN: Final = re.compile(
    r"""
    (?P<space>\s++|\#[^\n\r]*+)
  | (?P<iri><[^<>"{}|^`\\\x00-\x20]*+>)
  | (?P<text>\"\"\"(?:[^"\\]|\\.|"(?!""))*+\"\"\"
      | '''(?:[^'\\]|\\.|'(?!''))*+'''
      | "(?:[^"\\\n\r]|\\.)*+"
      | '(?:[^'\\\n\r]|\\.)*+')
  | (?P<variable>[?$]\w++)
  | (?P<word>[^\W\d][\w-]*+(?:\.++[\w-]++)*+)?+(?P<local>:(?:[\w:%-]|\\.|\.(?=[\w:%\\-]))*+)?+
    (?(word)|(?(local)|(?P<sign>.)))
    """,
    re.VERBOSE | re.DOTALL,
)
_MANAGEMENT: Final = frozenset({"CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"})
_VOLATILE: Final = frozenset({"RAND", "UUID", "STRUUID", "NOW", "BNODE"})


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
            manages graphs (``CLEAR`` …).
        prologue: The declarations in force, as they are written.
        text: The operation itself, without its declarations.
        data: The braces and what is in them, for ``… DATA``.
        targets: Graphs as they are written, and ``DEFAULT``, ``NAMED``, ``ALL``.
        blocks: The parts of both templates of ``MODIFY``.
        with_graph: What WITH names, as it is written.
        using: What USING and USING NAMED name, as ``FROM`` clauses.
        pattern: The braces of WHERE and what is in them.
        mints: Whether it makes blank nodes, or values that differ the next time.
        modify: The templates and the pattern of ``MODIFY``.
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
    start: int = 0

    @property
    def runnable(self) -> str:
        """The operation with its declarations, as the engine runs it."""
        return f"{self.prologue}\n{self.text}"

    def located(self, line: int, column: int, whole: str) -> tuple[int, int]:
        """Return a place of :attr:`runnable` as one of the *whole* update."""
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


class Unclear(Exception):  # noqa: N818 - no accident: the update is run as a whole
    """The text cannot be split without parsing it."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int
    depth: int

    @property
    def key(self) -> str:
        return self.text.upper() if self.kind == "word" else self.text


def split(text: str) -> list[Operation]:
    """Return the operations of an update, in order.

    Raises:
        Unclear: Brackets or quotation marks do not match, or an operation is of no kind
            that we know; most likely the text does not parse.
    """
    tokens = [token for token in _tokens(text) if token.kind != "space"]
    if any(token.kind == "sign" and token.text in "\"'" for token in tokens):
        raise Unclear
    operations: list[Operation] = []
    prologue = ""
    at = 0
    while at < len(tokens):
        end = next(
            (i for i in range(at, len(tokens)) if tokens[i].text == ";" and not tokens[i].depth),
            len(tokens),
        )
        body = _skip_prologue(tokens, at, end)
        if body > at:
            prologue += text[tokens[at].start : tokens[body - 1].end] + "\n"
        if body < end:
            operation = _operation(tokens[body:end], text, prologue)
            operation.start = tokens[body].start
            operations.append(operation)
        at = end + 1
    return operations


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    depth = 0
    for match in _TOKEN.finditer(text):
        if match.start() == match.end():
            continue
        kind = match.lastgroup or "sign"
        if kind == "local":
            kind = "name"
        written = match.group()
        if written == "}":
            depth -= 1
        if depth < 0:
            raise Unclear
        found.append(_Token(kind, written, match.start(), match.end(), depth))
        if written == "{":
            depth += 1
    if depth:
        raise Unclear
    return found


def _skip_prologue(tokens: list[_Token], at: int, end: int) -> int:
    lengths = {"PREFIX": 3, "BASE": 2, "VERSION": 2}
    while at < end and tokens[at].kind == "word" and tokens[at].key in lengths:
        at += lengths[tokens[at].key]
    return min(at, end)


def _operation(tokens: list[_Token], text: str, prologue: str) -> Operation:
    whole = text[tokens[0].start : tokens[-1].end]
    first = tokens[0].key
    second = tokens[1].key if len(tokens) > 1 else ""
    if first in _MANAGEMENT:
        targets = tuple(
            token.key
            for token in tokens[1:]
            if token.kind in ("iri", "name") or token.key in ("DEFAULT", "NAMED", "ALL")
        )
        return Operation(first, prologue, whole, targets=targets)
    if first in ("INSERT", "DELETE") and second == "DATA":
        data = text[tokens[2].start : tokens[-1].end] if len(tokens) > 2 else ""
        return Operation(f"{first} DATA", prologue, whole, data=data)
    if first in ("INSERT", "DELETE", "WITH"):
        return _modification(tokens, text, Operation("MODIFY", prologue, whole))
    raise Unclear


def _modification(tokens: list[_Token], text: str, operation: Operation) -> Operation:
    operation.mints = any(t.kind == "word" and t.key in _VOLATILE for t in tokens)
    at = 0
    if tokens[0].key == "WITH":
        operation.with_graph = tokens[1].text
        at = 2
    start = at
    templates = ""
    clauses: list[str] = []
    while at < len(tokens):
        key = tokens[at].key
        if key in ("INSERT", "DELETE") and _opens(tokens, at + 1):
            close = _closing(tokens, at + 1)
            operation.blocks += _blocks(tokens[at + 2 : close], text)
            operation.mints |= key == "INSERT" and _makes_nodes(tokens[at + 2 : close])
            templates = text[tokens[start].start : tokens[close].end]
            at = close + 1
        elif key == "USING":
            length = 3 if tokens[at + 1].key == "NAMED" else 2
            clauses.append("FROM " + text[tokens[at + 1].start : tokens[at + length - 1].end])
            at += length
        elif key == "WHERE" and _opens(tokens, at + 1):
            operation.pattern = text[tokens[at + 1].start : tokens[-1].end]
            break
        elif key == "DELETE":  # DELETE WHERE: the pattern is the template
            at += 1
            close = _closing(tokens, at + 1)
            operation.blocks += _blocks(tokens[at + 2 : close], text)
            templates = "DELETE " + text[tokens[at + 1].start : tokens[close].end]
        elif key == "{" and templates:  # WHERE may be left out
            operation.pattern = text[tokens[at].start : tokens[-1].end]
            break
        else:
            raise Unclear
    operation.using = " ".join(clauses)
    operation.modify = (templates, operation.pattern)
    return operation


def _opens(tokens: list[_Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].text == "{"


def _closing(tokens: list[_Token], at: int) -> int:
    if not _opens(tokens, at):
        raise Unclear
    depth = tokens[at].depth
    return next(
        i for i in range(at + 1, len(tokens)) if tokens[i].text == "}" and tokens[i].depth == depth
    )


def _blocks(tokens: list[_Token], text: str) -> list[Block]:
    """Return the parts of a template: triples outside of GRAPH, and those of each GRAPH."""
    blocks: list[Block] = []
    at = run = 0
    while at < len(tokens):
        if tokens[at].kind == "word" and tokens[at].key == "GRAPH" and _opens(tokens, at + 2):
            blocks += _block(tokens[run:at], text)
            close = _closing(tokens, at + 2)
            blocks += _block(tokens[at + 3 : close], text, tokens[at + 1].text)
            at = run = close + 1
        else:
            at += 1
    return blocks + _block(tokens[run:], text)


def _block(tokens: list[_Token], text: str, graph: str = "") -> list[Block]:
    while tokens and tokens[0].text == ".":  # a dot may stand behind a GRAPH
        tokens = tokens[1:]
    return [Block(text[tokens[0].start : tokens[-1].end], graph)] if tokens else []


def _makes_nodes(tokens: list[_Token]) -> bool:
    """Whether a template holds blank nodes, collections, or RDF 1.2's reifiers."""
    return any(
        (token.kind == "sign" and token.text in "[(~<|")
        or (token.kind == "name" and token.text.startswith("_:"))
        for token in tokens
    )
