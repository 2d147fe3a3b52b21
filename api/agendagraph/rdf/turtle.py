"""Write triples as Turtle, so that the same triples are always the same bytes.

One block a subject, one line a predicate, everything in natural order (``g2`` before
``g10``), only the prefixes that are used. Neither the order in which triples arrive nor
the hash seed of the process changes a byte. What has no stable name has no stable place:
a blank node is an error.

Things of our own base are written relative to it (``<id/country/jpn>``), because a
prefixed name would have to escape every slash.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad
from pyoxigraph import Triple as TripleTerm

from agendagraph.namespaces import BASE, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Triple = tuple[NamedNode, NamedNode, NamedNode | Literal]
"""A subject, a predicate and an object, all named."""

WIDTH: Final = 100
"""Code points a line may hold before the objects of a predicate go on lines of their own."""

_RDF: Final = PREFIXES["rdf"]
_XSD: Final = PREFIXES["xsd"]
_TYPE: Final = _RDF + "type"
_FIRST: Final = {
    iri: position
    for position, iri in enumerate(
        (
            _TYPE,
            PREFIXES["rdfs"] + "label",
            PREFIXES["skos"] + "prefLabel",
            PREFIXES["skos"] + "altLabel",
            PREFIXES["skos"] + "notation",
            PREFIXES["skos"] + "definition",
            PREFIXES["skos"] + "inScheme",
        )
    )
}
_LANGUAGES: Final = {"ko": 0, "en": 1}
_SHORTHAND: Final = {
    _XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    _XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    _XSD + "double": re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+"),
    _XSD + "boolean": re.compile(r"true|false"),
}
_LOCAL: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_RELATIVE: Final = re.compile(r"(?!\.)[A-Za-z0-9_~-][A-Za-z0-9._~-]*(?:/(?!\.)[A-Za-z0-9._~-]+)*")
_DIGITS: Final = re.compile(r"([0-9]+)")
_NAMED_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_INVISIBLE: Final = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000"
    '\ufe00-\ufe0f\ufeff\ufff9-\ufffb\\\\"]'
)


def natural_key(text: str) -> tuple[tuple[str | tuple[int, str], ...], str]:
    """Return a key that sorts numbers inside *text* by value: ``g2`` before ``g10``.

    >>> sorted(["g10", "g2", "g1/c1"], key=natural_key)
    ['g1/c1', 'g2', 'g10']
    """
    parts: list[str | tuple[int, str]] = list(_DIGITS.split(text))
    for place in range(1, len(parts), 2):
        digits = str(parts[place]).lstrip("0")
        parts[place] = (len(digits), digits)
    return tuple(parts), text


def to_turtle(
    triples: Iterable[Triple | Quad],
    *,
    heading: str = "",
    prefixes: Mapping[str, str] = PREFIXES,
    base: str = BASE,
) -> str:
    """Return *triples* as Turtle; a triple that comes twice is written once.

    Args:
        triples: The triples; of a quad the graph's name is left out.
        heading: Lines that stand on top as a comment.
        prefixes: The prefixes that may be used; only those that are used are declared.
        base: The IRI that ours are written relative to; declared when it is used.

    Returns:
        A document that ends with a line feed; the empty string for no triples and no heading.

    Raises:
        ValueError: A term is a blank node or a triple: neither has a name to sort by.
    """
    writer = _Writer(prefixes, base)
    body = [writer.block(subject, group) for subject, group in _grouped(triples)]
    comment = "\n".join(f"# {line}".rstrip() for line in heading.splitlines())
    parts = [part for part in (comment, writer.declarations(), *body) if part]
    return "\n\n".join(parts) + "\n" if parts else ""


def _grouped(
    triples: Iterable[Triple | Quad],
) -> list[tuple[NamedNode, dict[NamedNode, set[NamedNode | Literal]]]]:
    """Return the subjects in order, each with the objects of its predicates."""
    subjects: dict[NamedNode, dict[NamedNode, set[NamedNode | Literal]]] = {}
    for subject, predicate, value, *_ in triples:
        for term in (subject, value):
            if isinstance(term, BlankNode | TripleTerm):
                raise ValueError(  # noqa: TRY004 - the triple is of the right type, unnamed
                    f"{term} has no IRI (in a triple of {predicate.value}): "
                    "everything in the graph is named"
                )
        subjects.setdefault(subject, defaultdict(set))[predicate].add(value)
    return sorted(subjects.items(), key=lambda item: natural_key(item[0].value))


def _object_key(term: NamedNode | Literal) -> tuple[object, ...]:
    """IRIs before literals; Korean before English before the rest; then the natural order."""
    if isinstance(term, NamedNode):
        return (0, natural_key(term.value))
    language = term.language or ""
    rank = _LANGUAGES.get(language, len(_LANGUAGES) + bool(language))
    return (1, rank, language, natural_key(term.value), term.datatype.value)


def _predicate_key(predicate: NamedNode) -> tuple[object, ...]:
    """The type, then the names, then the rest by IRI."""
    return (_FIRST.get(predicate.value, len(_FIRST)), natural_key(predicate.value))


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _NAMED_ESCAPES.get(character) or f"\\u{ord(character):04X}"


class _Writer:
    """Writes terms and blocks, and remembers which declarations they need."""

    def __init__(self, prefixes: Mapping[str, str], base: str) -> None:
        # The longest namespace wins; the order of the mapping decides nothing.
        self._namespaces = sorted(
            ((iri, name) for name, iri in prefixes.items()), key=lambda p: (-len(p[0]), p)
        )
        self._base = base
        self._used: dict[str, str] = {}
        self._base_is_used = False
        self._written: dict[str, str] = {}

    def declarations(self) -> str:
        """Return the base and the prefixes that the blocks written so far have used."""
        lines = [f"@base <{self._base}> ."] if self._base_is_used else []
        width = max((len(name) for name in self._used), default=0) + 1
        lines += [f"@prefix {n + ':':<{width}} <{iri}> ." for n, iri in sorted(self._used.items())]
        return "\n".join(lines)

    def block(self, subject: NamedNode, group: dict[NamedNode, set[NamedNode | Literal]]) -> str:
        """Return the block of one subject."""
        lines = [
            self._line(predicate, group[predicate])
            for predicate in sorted(group, key=_predicate_key)
        ]
        return f"{self._iri(subject.value)}\n    " + " ;\n    ".join(lines) + " ."

    def _line(self, predicate: NamedNode, objects: set[NamedNode | Literal]) -> str:
        verb = "a" if predicate.value == _TYPE else self._iri(predicate.value)
        values = [self._term(term) for term in sorted(objects, key=_object_key)]
        line = f"{verb} {' , '.join(values)}"
        if len(values) == 1 or len(line) + 6 <= WIDTH:
            return line
        return f"{verb}\n        " + " ,\n        ".join(values)

    def _term(self, term: NamedNode | Literal) -> str:
        return self._iri(term.value) if isinstance(term, NamedNode) else self._literal(term)

    def _iri(self, iri: str) -> str:
        written = self._written.get(iri)
        if written is None:
            written = self._written[iri] = self._shortest(iri)
        return written

    def _shortest(self, iri: str) -> str:
        for namespace, name in self._namespaces:
            if iri.startswith(namespace) and _LOCAL.fullmatch(iri, len(namespace)):
                self._used[name] = namespace
                return f"{name}:{iri[len(namespace) :]}"
        if iri.startswith(self._base) and _RELATIVE.fullmatch(iri, len(self._base)):
            self._base_is_used = True
            return f"<{iri[len(self._base) :]}>"
        return f"<{iri}>"

    def _literal(self, literal: Literal) -> str:
        if literal.direction is not None:
            raise ValueError(f"{literal} has a base direction, which Turtle 1.1 cannot say")
        datatype = literal.datatype.value
        shorthand = _SHORTHAND.get(datatype)
        if shorthand is not None and shorthand.fullmatch(literal.value):
            return literal.value
        quoted = f'"{_INVISIBLE.sub(_escape, literal.value)}"'
        if literal.language:
            return f"{quoted}@{literal.language}"
        if datatype == _XSD + "string":
            return quoted
        return f"{quoted}^^{self._iri(datatype)}"
