"""Write networks in the formats of other programs, and read them back equal.

========== ============================= ======================================
format     opens in                      holds
========== ============================= ======================================
graphml    Gephi, yEd, igraph, Cytoscape everything
gexf       Gephi                         everything
json       D3, sigma.js, networkx        everything (node-link)
csv        spreadsheets, R, pandas       everything, in three files
parquet    DuckDB, Spark, Arrow          the edges and the graph's attributes
========== ============================= ======================================

Every file contains the versions of the dataset and of the code, if the graph has them. The same
graph gives the same bytes: no time is written.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args
from xml.etree import ElementTree as ET

import networkx as nx

from agendagraph.errors import NetworkError, NetworkParameterError
from agendagraph.network.attributes import normalise
from agendagraph.network.extras import require
from agendagraph.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agendagraph.network.bipartite import Graph

Format: TypeAlias = Literal["graphml", "gexf", "json", "csv", "parquet"]
Normalised: TypeAlias = "nx.Graph[str]"

_GEXF: Final = "{http://www.gexf.net/1.2draft}"
_GRAPHML: Final = "{http://graphml.graphdrawing.org/xmlns}"


def write(
    G: Graph,  # noqa: N803 - networkx's name for a graph
    path: Path | str,
    format: Format | None = None,  # noqa: A002 - the word that users look for
) -> list[Path]:
    """Write *G* to a file (as csv: to three) and return what was written.

    Nodes are written as strings and attributes are normalised; see `normalise_value`.

    Args:
        G: Any undirected networkx graph.
        path: Where to write. As csv, ``net.csv`` means ``net.nodes.csv``, ``net.edges.csv`` and
            ``net.graph.json``, which holds the attributes of the graph.
        format: One of the table above; by default what the name ends with.

    Raises:
        NetworkParameterError: The format is unknown, or two nodes have the same written form.
        MissingExtraError: Parquet needs the package pyarrow.
        OSError: The file cannot be written.
    """
    path = Path(path)
    chosen = _format(path, format)
    if chosen == "csv":
        files = {path.with_suffix(".nodes.csv"): "nodes", path.with_suffix(".edges.csv"): "edges"}
        content = {file: encode_table(G, table) for file, table in files.items()}
        about = json.dumps(normalise(G).graph, ensure_ascii=False, indent=1) + "\n"
        content[path.with_suffix(".graph.json")] = about.encode()
    else:
        content = {path: encode(G, chosen)}
    for file, data in content.items():
        file.write_bytes(data)
    return list(content)


def encode(G: Graph, format: Format) -> bytes:  # noqa: A002, N803 - as in write
    r"""Return *G* in a format of one file, as bytes; for csv, the edges.

    Raises:
        NetworkParameterError: The format is unknown, or two nodes have the same written form.
        MissingExtraError: Parquet needs the package pyarrow.

    >>> encode(nx.Graph([("일본", "미국")]), "csv").decode()
    'source,target\n미국,일본\n'
    """
    encoders: dict[str, Callable[[Normalised], bytes]] = {
        "graphml": _graphml,
        "gexf": _gexf,
        "json": _json,
        "parquet": _parquet,
    }
    if format == "csv":
        return encode_table(G, "edges")
    if format not in encoders:
        raise NetworkParameterError(f"format={format!r}: expected one of {get_args(Format)}")
    return encoders[format](normalise(G))


def encode_table(G: Graph, table: str) -> bytes:  # noqa: N803
    """Return the ``nodes`` or the ``edges`` of *G* as CSV (RFC 4180, UTF-8, LF)."""
    graph = normalise(G)
    rows: list[dict[str, Any]]
    if table == "nodes":
        keys, rows = ["node"], [{"node": node, **data} for node, data in graph.nodes(data=True)]
    else:
        keys = ["source", "target"]
        rows = [{"source": u, "target": v, **data} for u, v, data in graph.edges(data=True)]
    columns = dict.fromkeys(keys)
    for row in rows:
        columns.update(dict.fromkeys(row))
    out = io.StringIO()
    writer = csv.DictWriter(out, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def read(path: Path | str, format: Format | None = None) -> Normalised:  # noqa: A002 - as in write
    """Read a network that `write` wrote.

    Returns:
        A graph equal to the normalised graph that was written. CSV has text only: a text that
        looks like a number is read as one, and a missing attribute as an empty string. Parquet
        has no isolates and no attributes of nodes.

    Raises:
        NetworkParameterError: The format is unknown.
        NetworkError: The file is not of its format.
        OSError: The file cannot be read.
    """
    path = Path(path)
    chosen = _format(path, format)
    readers: dict[str, Callable[[Path], Normalised]] = {
        "graphml": _read_graphml,
        "gexf": _read_gexf,
        "json": _read_json,
        "csv": _read_csv,
        "parquet": _read_parquet,
    }
    try:
        return readers[chosen](path)
    except (ET.ParseError, KeyError, TypeError, ValueError, nx.NetworkXError) as error:
        raise NetworkError(f"{path}: not a network in {chosen}: {error}") from error


def _format(path: Path, format: str | None) -> Format:  # noqa: A002
    asked = format or path.suffix.removeprefix(".").lower()
    for chosen in get_args(Format):
        if asked == chosen:
            known: Format = chosen
            return known
    raise NetworkParameterError(
        f"{path.name}: expected the format to be one of {', '.join(get_args(Format))}, "
        f"found {asked!r}"
    )


def _graphml(graph: Normalised) -> bytes:
    return ("\n".join(nx.generate_graphml(graph)) + "\n").encode()


def _read_graphml(path: Path) -> Normalised:
    """Read with networkx, and restore the empty strings that its reader drops."""
    graph: Normalised = nx.Graph(nx.read_graphml(path))
    root = ET.parse(path).getroot()  # noqa: S314 - entities are not expanded by networkx either
    names = {key.get("id"): key.get("attr.name") for key in root.iter(f"{_GRAPHML}key")}

    def empty(element: ET.Element) -> dict[str, str]:
        return {
            str(names[data.get("key")]): ""
            for data in element.findall(f"{_GRAPHML}data")
            if data.text is None
        }

    for element in root.iter(f"{_GRAPHML}node"):
        graph.nodes[element.attrib["id"]].update(empty(element))
    for element in root.iter(f"{_GRAPHML}edge"):
        graph.edges[element.attrib["source"], element.attrib["target"]].update(empty(element))
    for element in root.findall(f"{_GRAPHML}graph"):
        graph.graph.update(empty(element))
    graph.graph.pop("node_default", None)
    graph.graph.pop("edge_default", None)
    return graph


def _gexf(graph: Normalised) -> bytes:
    """Write with networkx, then replace the date by our name and the graph's attributes."""
    labelled = graph.copy()
    for node, data in labelled.nodes(data=True):
        data.setdefault("label", data.get("label_ko") or node)
    ET.register_namespace("", _GEXF.strip("{}"))
    root = ET.fromstring("\n".join(nx.generate_gexf(labelled)))  # noqa: S314 - our own text
    meta = root.find(f"{_GEXF}meta")
    if meta is None:
        meta = ET.SubElement(root, f"{_GEXF}meta")
    meta.clear()
    ET.SubElement(meta, f"{_GEXF}creator").text = f"Agendagraph {__version__}"
    about = ET.SubElement(meta, f"{_GEXF}description")
    about.text = json.dumps(graph.graph, ensure_ascii=False)
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode")
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + text + "\n").encode()


def _read_gexf(path: Path) -> Normalised:
    graph: Normalised = nx.Graph(nx.read_gexf(path))
    graph.graph.clear()
    about = ET.parse(path).getroot().find(f"{_GEXF}meta/{_GEXF}description")  # noqa: S314
    if about is not None and about.text:
        graph.graph.update(json.loads(about.text))
    for node, data in graph.nodes(data=True):
        if data.get("label") == (data.get("label_ko") or node):
            del data["label"]
    for _, _, data in graph.edges(data=True):
        data.pop("id", None)
    return graph


def _json(graph: Normalised) -> bytes:
    data = nx.node_link_data(graph, edges="edges")
    return (json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def _read_json(path: Path) -> Normalised:
    data = json.loads(path.read_text(encoding="utf-8"))
    return nx.Graph(nx.node_link_graph(data, edges="edges"))


def _read_csv(path: Path) -> Normalised:
    about = json.loads(path.with_suffix(".graph.json").read_text(encoding="utf-8"))
    graph: Normalised = nx.Graph(**about)
    for row in _rows(path.with_suffix(".nodes.csv")):
        graph.add_node(row.pop("node"), **_typed(row))
    for row in _rows(path.with_suffix(".edges.csv")):
        graph.add_edge(row.pop("source"), row.pop("target"), **_typed(row))
    return graph


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _typed(row: dict[str, str]) -> dict[str, Any]:
    return {name: _number(value) for name, value in row.items()}


def _number(text: str) -> str | int | float:
    """A number if Python writes it like *text*, so that 076 stays text."""
    for kind in (int, float):
        try:
            value = kind(text)
        except ValueError:
            continue
        if str(value) == text:
            return value
    return text


def _parquet(graph: Normalised) -> bytes:
    """The edges; the columns of a bipartite graph are named after its sides, side 0 first."""
    arrow = require("pyarrow", "a Parquet edge list")
    parquet = require("pyarrow.parquet", "a Parquet edge list")
    ends = _ends(graph)
    rows = []
    for u, v, data in graph.edges(data=True):
        turned = len(set(ends) - {"source", "target"}) == 2 and graph.nodes[u]["bipartite"] == 1
        rows.append({ends[0]: v if turned else u, ends[1]: u if turned else v, **data})
    columns = dict.fromkeys(ends)
    for row in rows:
        columns.update(dict.fromkeys(row))
    table = arrow.table({name: [row.get(name) for row in rows] for name in columns})
    about = {"agendagraph": json.dumps({"ends": ends, "graph": graph.graph}, ensure_ascii=False)}
    out = io.BytesIO()
    parquet.write_table(table.replace_schema_metadata(about), out)
    return out.getvalue()


def _ends(graph: Normalised) -> list[str]:
    names = [graph.graph.get(f"side_{side}") for side in (0, 1)]
    known = all(isinstance(name, str) and name for name in names) and names[0] != names[1]
    return [str(name) for name in names] if known else ["source", "target"]


def _read_parquet(path: Path) -> Normalised:
    table = require("pyarrow.parquet", "a Parquet edge list").read_table(path)
    about = json.loads((table.schema.metadata or {}).get(b"agendagraph", b"{}"))
    ends = about.get("ends", ["source", "target"])
    graph: Normalised = nx.Graph(**about.get("graph", {}))
    for row in table.to_pylist():
        u, v = row.pop(ends[0]), row.pop(ends[1])
        graph.add_edge(u, v, **{name: value for name, value in row.items() if value is not None})
    return graph
