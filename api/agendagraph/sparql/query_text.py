"""Read the text of a query as far as a store's caller must, and no further.

What a query means is Oxigraph's affair. This module finds whether it names its own
dataset and which prefixes it forgot to declare; `syntax` says where it breaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, Protocol

import pyoxigraph as ox

from agendagraph.namespaces import PREFIXES

QueryAnswer = ox.QuerySolutions | ox.QueryBoolean | Iterator[ox.Triple]
"""What a query gives: solutions of SELECT, the truth of ASK, the triples of a graph."""


class Backend(Protocol):
    """What every store answers, wherever its triples are."""

    def query(self, text: str) -> QueryAnswer:
        """Answer a SPARQL query over the union of all graphs, or over its own dataset.

        Raises:
            QuerySyntaxError: *text* does not parse.
            QueryError: *text* parses and cannot be answered.
        """

    def quads(self) -> Iterator[ox.Quad]:
        """Yield everything in the store."""

    def __len__(self) -> int:
        """Return how many quads the store holds; a triple in two graphs counts twice."""


OPAQUE: Final = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n\r]|\\.)*"'
    r"|'(?:[^'\\\n\r]|\\.)*'"
    r'|<[^<>"{}|^`\\\x00-\x20]*>'
    r"|\#[^\n\r]*",
    re.DOTALL,
)
"""A string, an IRI or a comment: what looks like syntax inside it is none."""

_DATASET: Final = re.compile(
    r"(?<![\w:?$@.-])FROM(?=\s*[<]|\s+(?:NAMED\b|[\w.-]*:))", re.IGNORECASE
)
_FORM: Final = re.compile(
    r"(?<![\w:?$@.-])(SELECT|ASK|CONSTRUCT|DESCRIBE)(?![\w:.-])", re.IGNORECASE
)
_DECLARED: Final = re.compile(r"(?<![\w:?$@-])PREFIX\s+([^\s:<]*):", re.IGNORECASE)
_PREFIXED: Final = re.compile(r"(?<![\w:?$@.<-])((?:[^\W\d_][\w.-]*)?):(?=[\w%\\]|[\s;,.)}\]]|$)")


def blanked(text: str) -> str:
    """Return *text* with strings, IRIs and comments blanked, and every place as it was.

    An IRI keeps its opening bracket, so that what it follows can be told.
    """

    def blank(match: re.Match[str]) -> str:
        kept = "<" if match.group().startswith("<") else " "
        return kept + re.sub(r"[^\n\r]", " ", match.group()[1:])

    return OPAQUE.sub(blank, text)


def has_dataset_clause(text: str) -> bool:
    """Whether a query names its dataset by FROM or FROM NAMED.

    >>> has_dataset_clause("SELECT * FROM <http://example.org/g> WHERE { ?s ?p ?o }")
    True
    >>> has_dataset_clause("SELECT ?from WHERE { ?s <http://example.org/from> ?from } # FROM <x>")
    False
    """
    return _DATASET.search(blanked(text)) is not None


def query_form(text: str) -> str | None:
    """Return the form of a query, in capitals; ``None`` where it names none.

    >>> query_form("PREFIX ask: <http://example.org/select> DESCRIBE ask:x")
    'DESCRIBE'
    """
    match = _FORM.search(blanked(text))
    return match[1].upper() if match else None


def with_prefixes(text: str, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """Return *text* with those of *prefixes* declared that it uses and does not declare.

    The declarations stand in front of the first line, so that lines keep their numbers.

    >>> with_prefixes("ASK { ?s skos:broader ?o }")
    'PREFIX skos: <http://www.w3.org/2004/02/skos/core#> ASK { ?s skos:broader ?o }'
    """
    missing = sorted({name for name, _ in undeclared_prefixes(text)} & prefixes.keys())
    return "".join(f"PREFIX {name}: <{prefixes[name]}> " for name in missing) + text


def undeclared_prefixes(text: str) -> Iterator[tuple[str, int]]:
    """Yield the prefixes that are used and not declared, each with its offset."""
    plain = blanked(text)
    declared = {match[1] for match in _DECLARED.finditer(plain)}
    for match in _PREFIXED.finditer(plain):
        if match[1] not in declared:
            yield match[1], match.start()
