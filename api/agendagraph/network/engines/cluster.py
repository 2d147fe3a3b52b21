"""Count shared events on Apache Spark, in a session that the user brings.

The same self-join as in DuckDB, in Spark's DataFrames. Nothing is configured here: what
runs where, and with how much memory, is the session's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from pyspark.errors import AnalysisException
from pyspark.sql import functions as f

from agendagraph.errors import NetworkParameterError
from agendagraph.network.engines.sparse import incidence, sizes
from agendagraph.network.projection import Cooccurrence

if TYPE_CHECKING:
    from agendagraph.network.bipartite import Graph, Sides
    from agendagraph.network.projection import EdgeTable

Session: TypeAlias = Any
"""A ``pyspark.sql.SparkSession``."""

Frame: TypeAlias = Any
"""A ``pyspark.sql.DataFrame``."""


def count_table(session: Session, table: EdgeTable, *, by_degree: bool) -> Cooccurrence:
    """Count over a Parquet file that the session's workers can read.

    Raises:
        NetworkParameterError: The file is not there, is no Parquet, or lacks a column.
    """
    try:
        read = session.read.parquet(str(table.path))
        named = read.select(f.col(table.units).alias("name"), f.col(table.events).alias("event"))
    except AnalysisException as error:
        reason = str(error).splitlines()[0]
        raise NetworkParameterError(f"{table.path}: {reason}") from error
    named = named.dropna().distinct()
    held = {
        row["name"]: row["n"]
        for row in named.groupBy("name").agg(f.count("*").alias("n")).collect()
    }
    units = sorted(held)
    if not units:
        return Cooccurrence(units=[], degrees=[], rows=[])
    index = session.createDataFrame([(name, at) for at, name in enumerate(units)], ["name", "unit"])
    edges = named.join(f.broadcast(index), "name").select("unit", "event")
    width = edges.groupBy("event").agg(f.count("*").alias("degree"))
    rows = _pairs(edges, width, by_degree=by_degree)
    return Cooccurrence(units=units, degrees=[int(held[unit]) for unit in units], rows=rows)


def count_graph(session: Session, graph: Graph, sides: Sides, *, by_degree: bool) -> Cooccurrence:
    """Count over the edges of a graph, handed to the session as a table of numbers."""
    cells = incidence(graph, sides).tocoo()
    degrees = [len(graph.adj[unit]) for unit in sides.units]
    if cells.nnz == 0:
        return Cooccurrence(units=sides.units, degrees=degrees, rows=[])
    pairs = zip(cells.row.tolist(), cells.col.tolist(), strict=True)
    edges = session.createDataFrame(list(pairs), "unit long, event long")
    known = list(enumerate(sizes(graph, sides).tolist()))
    width = session.createDataFrame(known, "event long, degree long")
    rows = _pairs(edges, width, by_degree=by_degree)
    return Cooccurrence(units=sides.units, degrees=degrees, rows=rows)


def _pairs(edges: Frame, width: Frame, *, by_degree: bool) -> list[tuple[int, int, int, int]]:
    """The counted pairs, collected: as many rows as the result has edges (and degrees)."""
    other = edges.select(f.col("unit").alias("j"), "event")
    pairs = edges.select(f.col("unit").alias("i"), "event").join(other, "event").where("i < j")
    pairs = pairs.join(width, "event") if by_degree else pairs.withColumn("degree", f.lit(0))
    counted = pairs.groupBy("i", "j", "degree").agg(f.count("*").alias("n")).collect()
    return sorted((int(r["i"]), int(r["j"]), int(r["degree"]), int(r["n"])) for r in counted)
