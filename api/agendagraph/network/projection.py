"""Project a bipartite graph: join the nodes of one side by what they share.

Four engines count the same thing: plain Python, scipy's sparse matrices, DuckDB (a
relational self-join that spills to disk) and a Spark session of the user's. Each returns
integers only: how many shared events of which degree a pair has. The weights are then
computed from these integers in one place, in one order; so the engines agree to the
last bit and not to a tolerance.
"""

# ruff: noqa: N803 - B and G are networkx's names for a bipartite graph and a graph

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

import networkx as nx

from agendagraph.errors import NetworkParameterError
from agendagraph.network import bipartite
from agendagraph.network.extras import Module, require
from agendagraph.version import __version__

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence
    from pathlib import Path

    from agendagraph.network.bipartite import Graph, On

Weight: TypeAlias = Literal["count", "newman", "jaccard"]
Engine: TypeAlias = Literal["auto", "python", "sparse", "duckdb", "spark"]

Session: TypeAlias = Any
"""A Spark session that the user brings; we do not depend on pyspark."""

_ENGINES: Final = {"sparse": "sparse", "duckdb": "relational", "spark": "cluster"}
"""The module of each engine; none is called like the package that it uses."""

_SPARSE_FROM: Final = 2_000
"""From this many edges on, building sparse matrices costs less than it saves (measured)."""


@dataclass(frozen=True, slots=True)
class EdgeTable:
    """The edges of a bipartite graph in a Parquet file, one row an edge.

    ``path`` is a file, or a pattern such as ``edges/*.parquet``. ``units`` and ``events``
    are the names of the two columns; repeated rows count once, as edges of a graph do.
    """

    path: Path | str
    units: str = "counterpart"
    events: str = "commitment"


@dataclass(frozen=True, slots=True)
class Cooccurrence:
    """What an engine counts: integers, from which each weight follows exactly.

    ``degrees[i]`` is the number of events of unit *i*. A row ``(i, j, d, n)``, with
    ``i < j``, says that *n* events with *d* units in all hold both; ``d`` is 0 where the
    weight does not ask for it. Rows are sorted.
    """

    units: Sequence[Hashable]
    degrees: Sequence[int]
    rows: Sequence[tuple[int, int, int, int]] = field(repr=False)


def project(
    B: Graph | EdgeTable,
    on: On = "counterpart",
    weight: Weight = "count",
    *,
    engine: Engine = "auto",
    spark: Session = None,
) -> Graph:
    r"""Return the one-mode network of the nodes that *on* chooses.

    Two nodes :math:`u, v` are joined where they share at least one event. With
    :math:`N(u)` the events of *u* and :math:`d_k` the number of nodes of event *k* (in the
    whole graph, also where *on* chooses only some of them), the weight is

    - ``count``: :math:`|N(u) \cap N(v)|`, an integer;
    - ``newman``: :math:`\sum_{k \in N(u) \cap N(v)} 1 / (d_k - 1)`, by which the strength of
      a node is the number of its events that it does not have for itself [1]_;
    - ``jaccard``: :math:`|N(u) \cap N(v)| / |N(u) \cup N(v)|`, in (0, 1].

    Edge weights of *B* are not used: an edge is there or it is not.

    Args:
        B: An undirected graph whose nodes have the attribute ``bipartite``, 0 or 1; or an
            `EdgeTable`, for graphs that do not fit into memory.
        on: The name of a side, the ``kind`` of some nodes of one side, 0 or 1, or the nodes
            themselves. For a table: the name of one of its two columns.
        weight: The definition of the weight.
        engine: ``auto`` chooses by size; the result is the same, bit for bit. A table needs
            ``duckdb`` or ``spark``.
        spark: The Spark session for ``engine="spark"``.

    Returns:
        A network with the chosen nodes and their attributes (without ``bipartite``: it has
        one side only), nodes and edges sorted, and the edge attribute ``weight``. Nodes that
        share nothing stay as isolates. The graph attributes say how it was made.

    Raises:
        NetworkParameterError: *B* is not bipartite, *on* names nothing in it, or weight,
            engine or table are not as described.
        MissingExtraError: The engine's package is not installed.

    Notes:
        The cost is that of all pairs within all events, :math:`\sum_k d_k (d_k - 1) / 2`.

    References:
        .. [1] M. E. J. Newman, "Scientific collaboration networks. II. Shortest paths,
           weighted networks, and centrality", Physical Review E 64 (2001) 016132.
           https://doi.org/10.1103/PhysRevE.64.016132

    >>> B = nx.Graph([("미국", "a"), ("일본", "a"), ("중국", "a"), ("미국", "b"), ("일본", "b")])
    >>> for node in B:
    ...     B.nodes[node]["bipartite"] = int(node in "ab")
    >>> list(project(B, on=0).edges(data="weight"))
    [('미국', '일본', 2), ('미국', '중국', 1), ('일본', '중국', 1)]
    >>> project(B, on=0, weight="newman")["미국"]["일본"]["weight"]
    1.5
    """
    if weight not in get_args(Weight):
        raise NetworkParameterError(f"weight={weight!r}: expected count, newman or jaccard")
    if engine not in get_args(Engine):
        raise NetworkParameterError(f"engine={engine!r}: expected one of {get_args(Engine)}")
    if isinstance(B, EdgeTable):
        shared = _from_table(B, on, weight, engine, spark)
        network: Graph = nx.Graph()
        network.add_nodes_from(shared.units)
    else:
        sides = bipartite.sides(B, on)
        shared = _from_graph(B, sides, weight, engine, spark)
        network = nx.Graph(**B.graph)
        network.add_nodes_from((node, _without_side(B.nodes[node])) for node in sides.units)
    network.add_edges_from(_weighted(shared, weight))
    network.graph.update(mode="one-mode", projection=weight, code_version=__version__)
    return network


def _without_side(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != "bipartite"}


def _from_graph(
    graph: Graph, sides: bipartite.Sides, weight: Weight, engine: Engine, spark: Session
) -> Cooccurrence:
    """Count with the engine asked for, or with the one that suits the size."""
    if engine == "auto":
        ends = sum(map(len, dict(graph.adjacency()).values()))
        engine = "sparse" if ends >= 2 * _SPARSE_FROM else "python"
    by_degree = weight == "newman"
    counts: Cooccurrence
    if engine == "python":
        counts = _count(graph, sides, by_degree=by_degree)
    elif engine == "spark":
        session = _session(spark)
        counts = _module(engine).count_graph(session, graph, sides, by_degree=by_degree)
    else:
        counts = _module(engine).count_graph(graph, sides, by_degree=by_degree)
    return counts


def _from_table(
    table: EdgeTable, on: On, weight: Weight, engine: Engine, spark: Session
) -> Cooccurrence:
    """Count over a Parquet file; *on* is the name of the column to project on."""
    if on == table.events:
        table = EdgeTable(table.path, units=table.events, events=table.units)
    elif on != table.units:
        raise NetworkParameterError(
            f"on={on!r}: the table has the columns {table.units!r} and {table.events!r}"
        )
    by_degree = weight == "newman"
    counts: Cooccurrence
    if engine in ("auto", "duckdb"):
        counts = _module("duckdb").count_table(table, by_degree=by_degree)
    elif engine == "spark":
        session = _session(spark)
        counts = _module(engine).count_table(session, table, by_degree=by_degree)
    else:
        raise NetworkParameterError(
            f"engine={engine!r} works in memory; a table needs the engine duckdb or spark"
        )
    return counts


def _module(engine: Engine) -> Module:
    return require(f"agendagraph.network.engines.{_ENGINES[engine]}", f"engine={engine!r}")


def _session(spark: Session) -> Session:
    if spark is None:
        raise NetworkParameterError(
            'engine="spark" needs the session to run in: project(…, engine="spark", spark=session)'
        )
    return spark


def _count(graph: Graph, sides: bipartite.Sides, *, by_degree: bool) -> Cooccurrence:
    """Count in plain Python, event by event: the path that the others are tested against."""
    index = {unit: i for i, unit in enumerate(sides.units)}
    shared: Counter[tuple[int, int, int]] = Counter()
    for event in sides.events:
        members = sorted(index[node] for node in graph.adj[event] if node in index)
        degree = len(graph.adj[event]) if by_degree else 0
        shared.update((i, j, degree) for i, j in combinations(members, 2))
    return Cooccurrence(
        units=sides.units,
        degrees=[len(graph.adj[unit]) for unit in sides.units],
        rows=sorted((i, j, d, n) for (i, j, d), n in shared.items()),
    )


def _weighted(
    shared: Cooccurrence, weight: Weight
) -> Iterable[tuple[Hashable, Hashable, dict[str, float]]]:
    """Turn counts into weighted edges; the one place where a weight is computed."""
    totals: dict[tuple[int, int], float] = {}
    for i, j, degree, n in shared.rows:
        part = n / (degree - 1) if weight == "newman" else n
        totals[i, j] = totals.get((i, j), 0) + part
    for (i, j), total in totals.items():
        value = total
        if weight == "jaccard":
            value = total / (shared.degrees[i] + shared.degrees[j] - total)
        yield shared.units[i], shared.units[j], {"weight": value}
