"""``agendagraph query``: query the graph in SPARQL."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import pyoxigraph as ox

from agendagraph.cli.terminal import show_place, show_table, write_out
from agendagraph.errors import QuerySyntaxError
from agendagraph.knowledge import open_graph
from agendagraph.namespaces import PREFIXES
from agendagraph.rdf.formats import FILE_ENDINGS, RESULTS_FORMATS
from agendagraph.rdf.turtle import to_turtle
from agendagraph.store import moved_back, with_prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_RESULTS: Final = {name: RESULTS_FORMATS[name] for name in ("csv", "tsv", "json", "xml")}
_GRAPHS: Final = {ending: FILE_ENDINGS[f".{ending}"] for ending in ("ttl", "nt", "rdf", "jsonld")}
_LONGEST_NAME: Final = 255


@click.command()
@click.argument("query", metavar='FILE|-|"QUERY"')
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["table", *_RESULTS, *_GRAPHS]),
    help="Format of the result.  [default: table on a terminal, tsv elsewhere; ttl for graphs]",
)
@click.option(
    "--source",
    metavar="PATH|URL",
    help="Query this file, folder, store or SPARQL endpoint.  [default: the shipped graph]",
)
def query(query: str, form: str | None, source: str | None) -> None:
    """Query the graph in SPARQL.

    The query is a FILE, standard input (-), or the text itself. Prefixes of Agendagraph that
    it does not declare are added. SELECT and ASK write table, csv, tsv, json or xml (all but
    table as defined by the W3C); CONSTRUCT and DESCRIBE write ttl, nt, rdf or jsonld.

    Standard output: the result. An update is rejected; send it to the address /update of a
    server (see serve --writable).

    Exit status: 0 success, 2 the query or the source cannot be read.

    \b
    Examples:
      agendagraph query 'SELECT ?goal ?title { ?goal a agenda:Goal ; rdfs:label ?title }'
      agendagraph query data/queries/09-named-by-goal.rq --format csv | sort
    """  # noqa: D301 - click reads the backspace
    text, name = _text_of(query)
    graph = open_graph(source)
    try:
        answer = graph.store.query(with_prefixes(text))
    except QuerySyntaxError as error:
        show_place(moved_back(error, text), text, name)
        sys.exit(2)
    if isinstance(answer, ox.QuerySolutions | ox.QueryBoolean):
        _write_results(answer, _chosen(form, _RESULTS, "SELECT or ASK", table=True))
    else:
        _write_graph(answer, _chosen(form, _GRAPHS, "CONSTRUCT or DESCRIBE", table=False))


def _text_of(argument: str) -> tuple[str, str]:
    if argument == "-":
        return _decoded(sys.stdin.buffer.read(), "standard input"), "standard input"
    path = Path(argument)
    looks_like_a_path = len(argument) <= _LONGEST_NAME and "\n" not in argument
    if looks_like_a_path and (path.suffix in {".rq", ".sparql"} or path.is_file()):
        try:
            return _decoded(path.read_bytes(), argument), argument
        except OSError as error:
            raise _Unreadable(argument, error.strerror or "cannot be read") from None
    return argument, "query"


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Unreadable(name, f"expected UTF-8, which ends at byte {error.start}") from None


class _Unreadable(click.FileError):
    """A query file that cannot be read; the exit status is 2, as for all unreadable input."""

    exit_code = 2


def _chosen(form: str | None, forms: Iterable[str], of: str, *, table: bool) -> str:
    """Return the format to write, or raise a usage error if the result cannot have it."""
    if form is None:
        if not table:
            return "ttl"
        return "table" if sys.stdout.isatty() else "tsv"
    if form in forms or (table and form == "table"):
        return form
    expected = ", ".join([*(["table"] if table else []), *forms])
    raise click.UsageError(f"the result of {of} is written as {expected}, not as {form}")


def _write_results(answer: ox.QuerySolutions | ox.QueryBoolean, form: str) -> None:
    if form != "table":
        data = answer.serialize(format=_RESULTS[form]) or b""
        write_out(data if data.endswith(b"\n") else data + b"\n")
    elif isinstance(answer, ox.QueryBoolean):
        click.echo("true" if answer else "false")
    else:
        show_table(answer)


def _write_graph(answer: Iterator[ox.Triple], form: str) -> None:
    triples = list(answer)
    if form == "ttl" and not any(_has_blank_node(triple) for triple in triples):
        write_out(to_turtle(ox.Quad(*triple) for triple in triples).encode())
        return
    write_out(ox.serialize(triples, format=_GRAPHS[form], prefixes=PREFIXES) or b"")


def _has_blank_node(triple: ox.Triple) -> bool:
    return any(not isinstance(t, ox.NamedNode | ox.Literal) for t in triple)
