"""``agendagraph ingest``: turn the page of another ministry into a draft agenda."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agendagraph.agenda.pipeline.ingest.draft import Request, check_request, read_and_link
from agendagraph.agenda.pipeline.ingest.draft import ingest as write_draft
from agendagraph.agenda.pipeline.ingest.json_document import as_json
from agendagraph.agenda.pipeline.ingest.review import summary
from agendagraph.agenda.pipeline.tables.reading import read_tables
from agendagraph.rdf.iris import shortened

if TYPE_CHECKING:
    from agendagraph.agenda.pipeline.ingest.draft import Draft, Page
    from agendagraph.agenda.source import Element

_NEEDED = ("agenda", "body", "published")


@click.command()
@click.argument("page", metavar="PAGE.txt")
@click.option("--agenda", metavar="ID", help="Id of the new agenda, as kr-mou-2022.")
@click.option("--body", metavar="ID", help="Body that issued it: an id of bodies.csv, as kr/mou.")
@click.option("--published", metavar="DATE", help="Date: YYYY-MM-DD, YYYY-MM or YYYY.")
@click.option("--title", metavar="TEXT", help="Korean title.  [default: BODY 국정과제]")
@click.option("--title-en", metavar="TEXT", help="English title.")
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="New folder for the draft.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Standard output: an outline, or all elements and mentions.",
)
def ingest(page: str, output: Path | None, form: str, **options: str | None) -> None:
    """Turn the page of another ministry into a draft agenda.

    PAGE.txt is the text of an official page in the layout 과제목표 / 주요내용 / 기대효과, in
    UTF-8; - is standard input. With -o, which requires --agenda, --body and --published, a
    draft is written: the capture, the tables, the graph, the decisions for a person
    (review.csv, review.md), and the SHACL findings (findings.tsv). Without -o, the page is
    only parsed and linked.

    Standard output: an outline of the page or, with --format json, one object
    {"elements": [{"id", "kind", "text", "start", "end", "mentions": [{"surface", "start",
    "end", "kind", "id", "iso3" of a country or "label" of anything else, "self", "members",
    "parts"}]}]}. The offsets of an element are code points of the page; those of a mention,
    code points of its element's text. For 한-아세안, "members" are the countries by code,
    ["KOR"], and "parts" all entities by id, ["country/kor", "organization/asean"]; "self" is
    true for names of the speaker's own country. Standard error: progress, counts and the lines
    that were taken for boilerplate.

    Exit status: 0 success (a draft has open decisions), 1 the draft violates shapes
    independently of the open decisions, 2 usage error, the agenda exists already, or PAGE
    cannot be read.

    \b
    Example:
      agendagraph ingest mou.txt --agenda kr-mou-2022 --body kr/mou --published 2022-07 -o mou
      agendagraph ingest mou.txt --format json | jq '.elements[].mentions[].id'
    """  # noqa: D301 - click reads the backspace
    request = _request(options) if output is not None else None
    tables = read_tables()
    if output is not None and request is not None:
        check_request(request, output, tables=tables)
    data, name = _read(page)
    read = read_and_link(data, name=name, tables=tables)
    _report_page(read)
    status = 0
    if output is not None and request is not None:
        draft = write_draft(read, request, output, tables=tables, announce=_announce)
        _report_draft(draft, output)
        status = 1 if draft.broken else 0
    if form == "json":
        click.echo(json.dumps(as_json(read.linked, tables), ensure_ascii=False, indent=1))
    else:
        for item in read.linked:
            click.echo(_outline(item.element, [m.entity for m in item.mentions]))
    sys.exit(status)


def _request(options: dict[str, str | None]) -> Request:
    """Return the request of the options, or raise a usage error if one is missing."""
    missing = [f"--{name}" for name in _NEEDED if not options[name]]
    if missing:
        raise click.UsageError(f"-o needs {', '.join(missing)} too")
    return Request(
        agenda=str(options["agenda"]),
        body=str(options["body"]),
        published=str(options["published"]),
        title_ko=options["title"],
        title_en=options["title_en"],
    )


def _read(page: str) -> tuple[bytes, str]:
    if page == "-":
        return sys.stdin.buffer.read(), "standard input"
    try:
        return Path(page).read_bytes(), page
    except OSError as error:
        raise click.UsageError(f"{page}: cannot be read: {error.strerror}") from None


def _report_page(read: Page) -> None:
    mentions = sum(len(item.mentions) for item in read.linked)
    _announce(f"read {len(read.linked)} elements, found {mentions} mentions")
    for notice in read.document.notices:
        _announce(f"{read.document.name}:{notice.line}: {notice.message}: {notice.text}")
    for line in read.document.boilerplate:
        if line.place != "above":
            where = f"taken for boilerplate ({line.place})"
            _announce(f"{read.document.name}:{line.line}: {where}: {line.text}")


def _report_draft(draft: Draft, output: Path) -> None:
    for result in draft.broken:
        places = ", ".join(map(str, result.places))
        where = f"{places}: " if places else ""
        _announce(f"violation: {where}{shortened(result.focus_node)}: {result.message()}")
    topics = ", ".join(f"{topic} {count}" for topic, count in summary(draft.decisions))
    _announce(f"wrote {output}; open decisions: {topics or 'none'}")
    _announce(f"SHACL findings: {len(draft.findings)}, see {output / 'findings.tsv'}")


def _outline(element: Element, entities: list[str]) -> str:
    words = f"{element.id:<12}  {'  ' * element.depth}{element.text}"
    return f"{words}  [{', '.join(entities)}]" if entities else words


def _announce(what: str) -> None:
    click.echo(what, err=True)
