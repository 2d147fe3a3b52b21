"""Count shared events as a product of sparse matrices (scipy), in memory."""

from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from scipy import sparse

from agendagraph.network.projection import Cooccurrence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from agendagraph.network.bipartite import Graph, Sides


Matrix: TypeAlias = Any
"""A matrix of scipy.sparse, which has no types."""


def incidence(graph: Graph, sides: Sides) -> Matrix:
    """Return the units × events matrix of zeros and ones, as ``scipy.sparse.csr_array``.

    Rows and columns are in the order of *sides*; the numbers are 64-bit integers, so that
    products of it count exactly.
    """
    index = {unit: i for i, unit in enumerate(sides.units)}
    adjacency = dict(graph.adjacency())
    held = [adjacency[event] for event in sides.events]
    ends = np.cumsum([0, *map(len, held)], dtype=np.int64)
    # Read event by event: the names of the units are few, and stay in the processor's cache.
    found = map(index.get, chain.from_iterable(held), repeat(-1))
    rows = np.fromiter(found, dtype=np.int64, count=int(ends[-1]))
    columns = np.repeat(np.arange(len(held)), np.diff(ends))[rows >= 0]
    rows = rows[rows >= 0]
    shape = (len(sides.units), len(sides.events))
    return sparse.coo_array((np.ones_like(rows), (rows, columns)), shape=shape).tocsr()


def sizes(graph: Graph, sides: Sides) -> NDArray[np.int64]:
    """Return the degree of each event, in the order of *sides*."""
    adjacency = dict(graph.adjacency())
    return np.fromiter((len(adjacency[event]) for event in sides.events), dtype=np.int64)


def count_graph(graph: Graph, sides: Sides, *, by_degree: bool) -> Cooccurrence:
    """Count shared events by one product, or by one for each distinct event degree."""
    matrix = incidence(graph, sides)
    degrees = np.asarray(matrix.sum(axis=1)).ravel()
    if by_degree:
        width = sizes(graph, sides)
        by_column = matrix.tocsc()
        parts = [(int(d), by_column[:, width == d].tocsr()) for d in np.unique(width)]
    else:
        parts = [(0, matrix)]
    found = np.concatenate([np.empty((0, 4), dtype=np.int64), *(_pairs(m, d) for d, m in parts)])
    order = np.lexsort((found[:, 2], found[:, 1], found[:, 0]))
    rows = [(i, j, d, n) for i, j, d, n in found[order].tolist()]
    return Cooccurrence(units=sides.units, degrees=degrees.tolist(), rows=rows)


def _pairs(matrix: Matrix, degree: int) -> NDArray[np.int64]:
    """The pairs of rows that share columns: one line (i, j, degree, n) a pair, i < j."""
    product = sparse.triu(matrix @ matrix.T, k=1).tocoo()
    kind = np.full(product.nnz, degree, dtype=np.int64)
    return np.column_stack([product.row, product.col, kind, product.data]).astype(np.int64)
