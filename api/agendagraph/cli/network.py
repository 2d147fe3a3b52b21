"""``agendagraph network``: write a network, its measures, or the sentences behind an edge."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

import click

from agendagraph.knowledge import open_graph
from agendagraph.network import bipartite, exports, provenance
from agendagraph.network.definitions import DEFINITIONS
from agendagraph.network.parameters import EVENTS, KINDS, Expansion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import networkx as nx

    from agendagraph.network.projection import Weight

    Network = nx.Graph[Any]
    Command = Callable[..., None]

_LIST: Final = "list"
_BINARY: Final = "parquet"


def _several(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> Any:  # noqa: ANN401 - click's signature
    """Join the values of an option that is repeated or has commas; None without a value."""
    names = [name.strip() for value in values for name in value.split(",")]
    return [name for name in names if name] or None


def _names(name: str, help_text: str) -> Callable[[Command], Command]:
    """An option that takes several names, repeated or with commas between them."""
    return click.option(
        f"--{name}", metavar="NAME,…", multiple=True, callback=_several, help=help_text
    )


@click.command()
@click.argument("name", metavar="list|NAME")
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(get_args(exports.Format)),
    help="Of the network.  [default: what FILE ends with; csv, the edges, on standard output]",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write here; csv makes FILE.nodes.csv, .edges.csv and .graph.json.",
)
@click.option("--project", metavar="SIDE", help="Join the nodes of this side by what they share.")
@click.option(
    "--weight",
    type=click.Choice(["count", "newman", "jaccard"]),
    help="Of --project.  [default: count]",
)
@click.option("--measures", is_flag=True, help="Write the measures of the nodes, as CSV.")
@click.option("--evidence", metavar="U V", nargs=2, help="Write the sentences behind this edge.")
@click.option("--level", type=click.Choice(list(EVENTS)), help="What two counterparts share.")
@_names("kinds", f"Kinds of counterparts: {', '.join(KINDS)}.")
@_names("counterparts", "Only these, as country/jpn or JPN.")
@_names("roles", "Roles of engagement, as pressure-target; of ministry-goal, responsibilities.")
@_names("stances", "Stances, as deepening.")
@_names("explicitness", "How a counterpart is named, as named,abbreviated.")
@_names("themes", "Only these themes.")
@_names("organizations", "Only these organisations, as organization/apec.")
@_names("agendas", "Only these agendas, as kr-mofa-2022.")
@click.option("--expand", type=click.Choice(get_args(Expansion)), help="Add members of groups.")
@click.option("--on", metavar="DATE", help="Day of the memberships.  [default: the agenda's]")
@click.option("--include-self", is_flag=True, default=None, help="Keep the agenda's own country.")
@click.option("--source", metavar="PATH|URL", help="Ask this instead of the shipped graph.")
def network(  # noqa: PLR0913 - each is an option of its own
    name: str,
    *,
    form: exports.Format | None,
    output: Path | None,
    project: str | None,
    weight: Weight | None,
    measures: bool,
    evidence: tuple[str, str] | None,
    source: str | None,
    **parameters: Any,  # noqa: ANN401 - the parameters of the network
) -> None:
    """Write a network, its measures, or the sentences behind an edge.

    list shows the networks, one a line: name, sides, parameters, title; tab-separated. NAME
    makes that network. Each network accepts some of the parameters below; the error for a name
    that is not in the graph suggests the nearest ones.

    Standard output holds the network (csv: its edges), the table asked for, or with -o the
    paths of the files written. The numbers of nodes and edges go to standard error. A
    network without edges is an answer. --measures needs the extra: agendagraph[network].

    Exit status: 0 written; 2 an unknown name, parameter, node or edge, a missing extra, or
    FILE cannot be written.

    \b
    Examples:
      agendagraph network counterparts-together --level item --format graphml -o net.graphml
      agendagraph network counterpart-item --project counterpart --weight newman --measures
      agendagraph network counterparts-together --evidence country/jpn country/usa
    """  # noqa: D301 - click reads the backspace
    chosen = {key: value for key, value in parameters.items() if value is not None}
    _check(form, output, weight, project, table=measures or evidence is not None)
    if name == _LIST:
        click.echo("\n".join(_catalogue()))
        return
    kg = open_graph(source)
    graph = kg.network(name, **chosen)
    if evidence is not None:
        _write_table(_sentences(provenance.evidence(kg, graph, *evidence)), output)
        return
    shown = graph if project is None else _projected(graph, project, weight or "count")
    click.echo(f"{len(shown)} nodes, {shown.number_of_edges()} edges", err=True)
    if measures:
        _write_table(_measures(shown), output)
    else:
        _write(shown, form, output)


def _check(
    form: str | None, output: Path | None, weight: str | None, project: str | None, *, table: bool
) -> None:
    """Reject options that contradict each other, before anything is computed."""
    if weight is not None and project is None:
        raise click.UsageError("--weight belongs to --project")
    if table and form not in (None, "csv"):
        raise click.UsageError("--measures and --evidence are written as csv")
    if form == _BINARY and output is None and sys.stdout.isatty():
        raise click.UsageError("parquet is binary: give -o FILE, or redirect standard output")


def _catalogue() -> list[str]:
    lines = []
    for entry in DEFINITIONS.values():
        sides, parameters = "–".join(entry.sides) or "one side", ",".join(entry.parameters)
        lines.append(f"{entry.name}\t{sides}\t{parameters}\t{entry.title_en}\t{entry.title_ko}")
    return lines


def _projected(graph: Network, on: str, weight: Weight) -> Network:
    if not bipartite.is_bipartite(graph):
        raise click.UsageError("--project: this network has one side only: it is not bipartite")
    from agendagraph.network import project  # noqa: PLC0415 - needs an extra

    return project(graph, on=on, weight=weight)


def _measures(graph: Network) -> str:
    """The measures of the nodes as CSV, with the names of the nodes."""
    from agendagraph.network import measures  # noqa: PLC0415 - needs an extra

    table = measures(graph).nodes
    for at, column in enumerate(("label_ko", "label_en")):
        labels = [graph.nodes[node].get(column, "") for node in table.index]
        table.insert(at, column, labels)
    return str(table.to_csv(lineterminator="\n"))


def _sentences(sentences: Iterable[provenance.Evidence]) -> str:
    columns = ("element", "text_ko", "text_en", "goal", "goal_ko", "goal_en", "start", "end")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([getattr(one, name) for name in columns] for one in sentences)
    return out.getvalue()


def _write_table(table: str, output: Path | None) -> None:
    if output is None:
        click.echo(table, nl=False)
    else:
        output.write_text(table, encoding="utf-8")
        click.echo(output)


def _write(graph: Network, form: exports.Format | None, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(exports.encode(graph, form or "csv"))
        return
    for path in exports.write(graph, output, form):
        click.echo(path)
