"""Convert RDF terms to Python values without loss.

Numbers, booleans and dates become Python's own types. All other terms are a subclass of `str`:
`IRI`, `BlankNode`, `Text` with its language, or `TypedText` with its datatype. A literal whose
lexical form does not fit its datatype is a `TypedText` as well.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final, Self

import pyoxigraph as ox

from agendagraph.namespaces import BASE, ID, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable

_XSD: Final = PREFIXES["xsd"]


class IRI(str):
    """An IRI.

    >>> IRI("https://w3id.org/agendagraph/id/country/jpn").local
    'country/jpn'
    """

    __slots__ = ()

    @property
    def local(self) -> str:
        """The IRI without our base; an IRI of another base is returned whole."""
        return self.removeprefix(ID).removeprefix(BASE)


class BlankNode(str):
    """The label of a blank node; it is valid only within its answer."""

    __slots__ = ()


class Text(str):
    """A text and its language.

    >>> Text("일본", "ko") == "일본", Text("일본", "ko").language
    (True, 'ko')
    """

    __slots__ = ("language",)
    language: str

    def __new__(cls, text: str, language: str) -> Self:
        """Tag *text* with *language*."""
        self = super().__new__(cls, text)
        self.language = language
        return self

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        """Keep the language when pickled or copied."""
        return type(self), (str(self), self.language)


class TypedText(str):
    """The lexical form of a literal that Python has no type for, and its datatype's IRI."""

    __slots__ = ("datatype",)
    datatype: str

    def __new__(cls, text: str, datatype: str) -> Self:
        """Mark *text* as being of *datatype*."""
        self = super().__new__(cls, text)
        self.datatype = datatype
        return self

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        """Keep the datatype when pickled or copied."""
        return type(self), (str(self), self.datatype)


Value = str | int | float | Decimal | bool | dt.date | dt.datetime | None
"""The value of a variable in a solution; None if the variable is unbound."""


def _boolean(form: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[form]


_INTEGERS: Final = (
    "integer long int short byte nonNegativeInteger positiveInteger nonPositiveInteger "
    "negativeInteger unsignedLong unsignedInt unsignedShort unsignedByte"
)
_READERS: Final[dict[str, Callable[[str], Value]]] = {
    **dict.fromkeys((_XSD + name for name in _INTEGERS.split()), int),
    _XSD + "string": str,
    _XSD + "decimal": Decimal,
    _XSD + "double": float,
    _XSD + "float": float,
    _XSD + "boolean": _boolean,
    _XSD + "date": dt.date.fromisoformat,
    _XSD + "dateTime": dt.datetime.fromisoformat,
}


def python_value(
    term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None,
) -> Value:
    """Return *term* as a Python value; None, which is unbound, stays None.

    >>> python_value(ox.Literal("076"))
    '076'
    >>> python_value(ox.Literal("2022-07-26", datatype=ox.NamedNode(_XSD + "date")))
    datetime.date(2022, 7, 26)
    """
    if isinstance(term, ox.Literal):
        return _literal_value(term)
    if isinstance(term, ox.NamedNode):
        return IRI(term.value)
    if isinstance(term, ox.BlankNode):
        return BlankNode(term.value)
    return None if term is None else str(term)


def _literal_value(literal: ox.Literal) -> Value:
    if literal.language:
        return Text(literal.value, literal.language)
    datatype = literal.datatype.value
    reader = _READERS.get(datatype)
    if reader is not None:
        try:
            return reader(literal.value)
        except (ValueError, KeyError, InvalidOperation):
            pass
    return TypedText(literal.value, datatype)
