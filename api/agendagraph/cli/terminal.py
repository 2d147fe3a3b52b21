"""Show results and syntax errors at a terminal."""

from __future__ import annotations

import sys
import unicodedata
from typing import TYPE_CHECKING, Final

import click
import pyoxigraph as ox

from agendagraph.namespaces import BASE, ID, PREFIXES

if TYPE_CHECKING:
    from agendagraph.errors import QuerySyntaxError

_WIDE: Final = {"W", "F"}


def show_place(error: QuerySyntaxError, text: str, name: str) -> None:
    """Write a syntax error of *text*, which is named *name*, to standard error.

    It has three lines: the place with the message, the line of the query, and a caret below
    the wrong word.
    """
    place = name if error.line is None else f"{name}:{error.line}:{error.column}"
    click.echo(f"{place}: {error.message}", err=True)
    if error.line is None or error.column is None:
        return
    lines = text.splitlines() or [""]
    line = lines[min(error.line, len(lines)) - 1]
    before = line[: error.column - 1].replace("\t", " ")
    click.echo(f"  {line.replace(chr(9), ' ')}", err=True)
    click.echo(f"  {' ' * _width(before)}^", err=True)


def _width(text: str) -> int:
    """Return the width of *text* in columns of a terminal; a Hangul syllable has two."""
    return sum(2 if unicodedata.east_asian_width(c) in _WIDE else 1 for c in text)


def write_out(data: bytes) -> None:
    """Write all of *data* to standard output.

    An unbuffered stream (``PYTHONUNBUFFERED``) may write only a part, and returns its length.
    """
    left = memoryview(data)
    while left:
        left = left[sys.stdout.buffer.write(left) :]
    sys.stdout.flush()


def show_table(solutions: ox.QuerySolutions) -> None:
    """Write *solutions* as a table with short IRIs, and their number to standard error."""
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.table import Table  # noqa: PLC0415 - the same
    from rich.text import Text  # noqa: PLC0415 - the same

    names = [variable.value for variable in solutions.variables]
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in names:
        table.add_column(name, overflow="fold")
    rows = 0
    for solution in solutions:
        table.add_row(*(Text(shown(solution[i])) for i in range(len(names))))
        rows += 1
    Console().print(table)
    click.echo(f"{rows} row{'' if rows == 1 else 's'}", err=True)


def shown(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> str:
    """Return a short form of *term* for people: no quotes, and prefixes for namespaces.

    >>> shown(ox.NamedNode("https://w3id.org/agendagraph/ns#Goal"))
    'agenda:Goal'
    >>> shown(ox.NamedNode("https://w3id.org/agendagraph/id/country/jpn"))
    'country/jpn'
    """
    if term is None:
        return ""
    if isinstance(term, ox.Literal):
        return term.value
    if not isinstance(term, ox.NamedNode):
        return str(term)
    iri = term.value
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri.removeprefix(ID).removeprefix(BASE)
