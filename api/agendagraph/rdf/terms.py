"""Turn Python values into RDF terms, and name the terms of the vocabularies.

Terms are `pyoxigraph`'s. A vocabulary hands out one object a term, so that a
comparison is cheap; it does not know which terms exist: that every term that the build
writes is declared in ``ontology/`` is a test.

>>> AGENDA.partOf.value
'https://w3id.org/agendagraph/ns#partOf'
>>> integer(3).value
'3'
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Final

from pyoxigraph import Literal, NamedNode

from agendagraph.namespaces import NS, PREFIXES

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]+)*", re.IGNORECASE)


class Vocabulary:
    """The terms of one namespace, as attributes."""

    def __init__(self, base: str) -> None:
        """Hand out terms that begin with *base*."""
        self._base = base

    def __getattr__(self, name: str) -> NamedNode:
        """Return the term *name*; Python's own dunder names are no terms."""
        if name.startswith("__"):
            raise AttributeError(name)
        term = NamedNode(self._base + name)
        setattr(self, name, term)
        return term

    def __getitem__(self, name: str) -> NamedNode:
        """Return the term *name*, where the name is data."""
        term: NamedNode = getattr(self, name)
        return term


AGENDA: Final = Vocabulary(NS)
DCTERMS: Final = Vocabulary(PREFIXES["dcterms"])
FOAF: Final = Vocabulary(PREFIXES["foaf"])
OA: Final = Vocabulary(PREFIXES["oa"])
ORG: Final = Vocabulary(PREFIXES["org"])
PROV: Final = Vocabulary(PREFIXES["prov"])
RDF: Final = Vocabulary(PREFIXES["rdf"])
RDFS: Final = Vocabulary(PREFIXES["rdfs"])
SKOS: Final = Vocabulary(PREFIXES["skos"])
XSD: Final = Vocabulary(PREFIXES["xsd"])


def text(value: str, language: str) -> Literal:
    """Return *value* tagged with *language*.

    Raises:
        ValueError: *language* is not a language tag, or *value* is empty.
    """
    if not value:
        raise ValueError(f"an empty text in {language!r} says nothing; leave it out instead")
    if not _LANGUAGE.fullmatch(language):
        raise ValueError(f"{language!r} is not a language tag")
    return Literal(value, language=language)


def string(value: str) -> Literal:
    """Return *value* as a plain string."""
    return Literal(value)


def integer(value: int) -> Literal:
    """Return *value* as xsd:integer."""
    return Literal(str(int(value)), datatype=XSD.integer)


def boolean(value: bool) -> Literal:  # noqa: FBT001 - the value is the argument
    """Return *value* as xsd:boolean, ``true`` or ``false``."""
    return Literal("true" if value else "false", datatype=XSD.boolean)


def decimal(value: Decimal | int | str) -> Literal:
    """Return *value* as xsd:decimal in its canonical form: no exponent, one digit each side.

    >>> decimal("43e12").value, decimal("0.250").value
    ('43000000000000.0', '0.25')

    Raises:
        ValueError: *value* is no finite decimal number.
    """
    try:
        number = Decimal(value)
    except ArithmeticError:
        raise ValueError(f"{value!r} is no decimal number") from None
    if not number.is_finite():
        raise ValueError(f"{value!r} is no finite number")
    whole, _, fraction = f"{number:f}".partition(".")
    fraction = fraction.rstrip("0") or "0"
    return Literal(f"{whole}.{fraction}", datatype=XSD.decimal)


def date(value: dt.date | str) -> Literal:
    """Return *value*, a date or one in ISO 8601, as xsd:date.

    Raises:
        ValueError: *value* is no day of the calendar.
    """
    day = value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
    return Literal(day.isoformat(), datatype=XSD.date)


_PRECISIONS: Final = (
    (re.compile(r"[0-9]{4}"), "gYear"),
    (re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])"), "gYearMonth"),
)


def date_or_year(value: str) -> Literal:
    """Return *value* as xsd:date, xsd:gYearMonth or xsd:gYear, by how much of it is stated.

    >>> date_or_year("1967").datatype.value.rpartition("#")[2]
    'gYear'

    Raises:
        ValueError: *value* is none of the three.
    """
    for pattern, datatype in _PRECISIONS:
        if pattern.fullmatch(value):
            return Literal(value, datatype=XSD[datatype])
    return date(value)


def address(value: str) -> Literal:
    """Return *value*, the address of a page, as xsd:anyURI: words, and not a thing of ours."""
    return Literal(value, datatype=XSD.anyURI)


def iri(value: str) -> NamedNode:
    """Return *value* as an IRI.

    Raises:
        ValueError: *value* is no absolute IRI.
    """
    return NamedNode(value)
