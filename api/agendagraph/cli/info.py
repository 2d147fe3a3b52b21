"""``agendagraph info``: describe the graph: its contents, files and sources."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agendagraph import files
from agendagraph.knowledge import open_graph
from agendagraph.store.shipped import shipped_files
from agendagraph.version import __version__

if TYPE_CHECKING:
    from agendagraph.knowledge import KnowledgeGraph

_QUERIES = Path(__file__).with_name("queries")


@click.command()
@click.option("--source", metavar="PATH|URL", help="Describe this instead of the shipped graph.")
@click.option(
    "--lang",
    type=click.Choice(["ko", "en"]),
    default="en",
    show_default=True,
    help="Language of titles.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def info(source: str | None, lang: str, form: str) -> None:
    """Describe the graph: its contents, files and sources.

    Shows the version, the triples of each named graph, the files with their hashes, and each
    agenda with its dates, its captured page and its elements by kind.

    Exit status: 0 success, 2 the graph cannot be opened.
    """
    facts = describe(open_graph(source), lang)
    if source is None:
        facts["files"] = _files()
    if form == "json":
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2, default=str))
    else:
        click.echo("\n".join(_lines(facts)))


def describe(graph: KnowledgeGraph, lang: str) -> dict[str, Any]:
    """Return the contents of *graph* as JSON values and dates."""
    graphs = sorted(graph.select(_query("graphs")), key=str)
    agendas = []
    for row in graph.select(_query("agendas").replace("LANG", lang)):
        kinds = graph.select(_query("kinds").replace("AGENDA", str(row.agenda)))
        elements = {str(kind).rpartition("#")[2]: count for kind, count in kinds}
        known = {name: value for name, value in row.as_dict().items() if value is not None}
        agendas.append({**known, "elements": elements})
    return {
        "software": __version__,
        "vocabulary": graph.version,
        "source": graph.source,
        "graphs": {str(name): count for name, count in graphs},
        "agendas": agendas,
    }


def _query(name: str) -> str:
    return (_QUERIES / f"{name}.rq").read_text(encoding="utf-8")


def _files() -> dict[str, str]:
    """Return the SHA-256 of every file of the shipped graph, by its path from the root."""
    return {
        file.relative_to(files.ROOT).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file, _ in shipped_files()
    }


def _lines(facts: dict[str, Any]) -> list[str]:
    lines = [
        f"agendagraph {facts['software']}, vocabulary {facts['vocabulary'] or 'of no version'}",
        f"source: {facts['source']}",
        "",
        "graphs (triples)",
    ]
    lines += [f"  {count:>8}  {name}" for name, count in facts["graphs"].items()]
    for agenda in facts["agendas"]:
        lines += ["", f"agenda {agenda['agenda']}"]
        shown = {name: v for name, v in agenda.items() if name not in {"agenda", "elements"}}
        lines += [f"  {name:<10} {value}" for name, value in shown.items()]
        counts = ", ".join(f"{count} {kind}" for kind, count in agenda["elements"].items())
        lines.append(f"  {'elements':<10} {sum(agenda['elements'].values())}: {counts}")
    if "files" in facts:
        lines += ["", "files (sha256)"]
        lines += [f"  {digest}  {path}" for path, digest in facts["files"].items()]
    return lines
