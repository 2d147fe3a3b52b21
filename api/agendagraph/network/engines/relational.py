"""Count shared events as a relational self-join in DuckDB, which spills to disk.

The edges are joined with themselves on the event, and the pairs are counted. So that the
join of a hundred million rows needs no more memory than that of a million, the events are
dealt to parts by their hash and the parts are counted one after another; every event is
wholly in one part, so the sums of the parts are exact.
"""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import duckdb
import numpy as np
import pandas as pd

from agendagraph.errors import NetworkParameterError
from agendagraph.network.engines.sparse import incidence, sizes
from agendagraph.network.projection import Cooccurrence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from agendagraph.network.bipartite import Graph, Sides
    from agendagraph.network.projection import EdgeTable

Connection: TypeAlias = Any
"""A connection of DuckDB, which has no types."""

MEMORY_LIMIT: Final = "768MB"
"""What DuckDB may hold before it spills; the process needs about half as much again."""

_ROWS_IN_A_PART: Final = 4_000_000
"""Edges in one part: the join of so many is done in memory."""

_COUNT: Final = """
    INSERT INTO pair
    SELECT a.unit, b.unit, a.degree, count(*)
    FROM part a JOIN part b ON a.event = b.event AND a.unit < b.unit
    GROUP BY ALL
"""


def count_table(table: EdgeTable, *, by_degree: bool) -> Cooccurrence:
    """Count over a Parquet file.

    Raises:
        NetworkParameterError: The file is not there, is no Parquet, or lacks a column.
    """
    with tempfile.TemporaryDirectory(prefix="agendagraph-") as spill:
        connection = _connect(spill)
        try:
            _open(connection, table)
            return _count(connection, by_degree=by_degree)
        finally:
            connection.close()


def count_graph(graph: Graph, sides: Sides, *, by_degree: bool) -> Cooccurrence:
    """Count over the edges of a graph; nodes are numbered in the order of *sides*."""
    cells = incidence(graph, sides).tocoo()
    degree = sizes(graph, sides)[cells.col]
    edges = pd.DataFrame({"unit": cells.row, "event": cells.col, "degree": degree}).astype("int64")
    with tempfile.TemporaryDirectory(prefix="agendagraph-") as spill:
        connection = _connect(spill)
        try:
            connection.register("edges", edges)
            degrees = [len(graph.adj[unit]) for unit in sides.units]
            rows = _pairs(connection, len(edges), "degree" if by_degree else "0")
        finally:
            connection.close()
    return Cooccurrence(units=sides.units, degrees=degrees, rows=rows)


def _connect(spill: str) -> Connection:
    """A database in memory that spills into *spill* and nowhere else."""
    connection = duckdb.connect(":memory:")
    connection.execute("SET memory_limit = ?", [MEMORY_LIMIT])
    connection.execute("SET temp_directory = ?", [spill])
    connection.execute("SET preserve_insertion_order = false")
    return connection


def _open(connection: Connection, table: EdgeTable) -> None:
    """Make the view ``edges`` (unit, event) over a Parquet file, with units numbered."""
    try:
        relation = connection.read_parquet(str(table.path))
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise NetworkParameterError(f"{table.path}: expected a Parquet file: {reason}") from error
    missing = [name for name in (table.units, table.events) if name not in relation.columns]
    if missing:
        raise NetworkParameterError(
            f"{table.path}: there is no column {missing[0]!r}; it has {', '.join(relation.columns)}"
        )
    named = relation.select(
        duckdb.ColumnExpression(table.units).alias("name"),
        duckdb.ColumnExpression(table.events).alias("event"),
    )
    named.create_view("named")
    connection.execute(
        "CREATE TEMP TABLE unit AS SELECT name, row_number() OVER (ORDER BY name) - 1 AS unit "
        "FROM (SELECT DISTINCT name FROM named WHERE name IS NOT NULL)"
    )
    connection.execute(
        "CREATE TEMP VIEW edges AS SELECT unit.unit, named.event FROM named JOIN unit USING (name) "
        "WHERE named.event IS NOT NULL"
    )


def _count(connection: Connection, *, by_degree: bool) -> Cooccurrence:
    units = [
        name for (name,) in connection.execute("SELECT name FROM unit ORDER BY unit").fetchall()
    ]
    (n,) = connection.execute("SELECT count(*) FROM named").fetchone()
    degrees = np.zeros(len(units), dtype=np.int64)
    # Every event is wholly in one part, so that the part knows its degree.
    degree = "count(*) OVER (PARTITION BY event)" if by_degree else "0"
    rows = _pairs(connection, n, degree, degrees)
    return Cooccurrence(units=units, degrees=degrees.tolist(), rows=rows)


def _pairs(
    connection: Connection, n: int, degree: str, degrees: NDArray[np.int64] | None = None
) -> list[tuple[int, int, int, int]]:
    """The counted pairs, summed over the parts; the units' degrees are added to *degrees*.

    *degree* is an SQL expression over the distinct edges of a part: the degree of the event.
    """
    parts = max(1, -(-n // _ROWS_IN_A_PART))
    connection.execute("CREATE TEMP TABLE pair (i BIGINT, j BIGINT, degree BIGINT, n BIGINT)")
    for part in range(parts):
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE part AS SELECT unit, event, {degree} AS degree "  # noqa: S608 - ours
            "FROM (SELECT DISTINCT * FROM edges WHERE hash(event) % ? = ?)",
            [parts, part],
        )
        if degrees is not None:
            for unit, k in connection.execute(
                "SELECT unit, count(*) FROM part GROUP BY unit"
            ).fetchall():
                degrees[unit] += k
        connection.execute(_COUNT)
    return [
        (int(i), int(j), int(degree), int(k))
        for i, j, degree, k in connection.execute(
            "SELECT i, j, degree, sum(n) FROM pair GROUP BY ALL ORDER BY i, j, degree"
        ).fetchall()
    ]
