r"""Solve the bipartite configuration model: the most random graph with given degrees.

Of all ensembles of bipartite graphs whose expected degrees are the given ones, the one
of maximum entropy has independent edges with probabilities

.. math:: p_{ij} = \frac{x_i y_j}{1 + x_i y_j}

(Saracco et al. 2015). Nodes of equal degree have equal :math:`x`, so the unknowns are as
many as there are distinct degrees, and not as many as there are nodes.

A degree sequence may leave no choice: in a perfectly nested graph every edge is either
certain or impossible, and then no finite :math:`x, y` exist and general solvers run off to
infinity. Such parts are recognised by the equalities in the theorem of Gale and Ryser,
get probability 1 or 0, and are cut off before anything is solved. What is left has a
finite, unique solution.

References:
    F. Saracco, R. Di Clemente, A. Gabrielli, T. Squartini, "Randomizing bipartite networks:
    the case of the World Trade Web", Scientific Reports 5 (2015) 10595.
    https://doi.org/10.1038/srep10595

    H. J. Ryser, "Combinatorial properties of matrices of zeros and ones", Canadian Journal
    of Mathematics 9 (1957) 371–377. https://doi.org/10.4153/CJM-1957-044-3
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.linalg import LinAlgError, lstsq, solve
from scipy.special import expit

from agendagraph.errors import NetworkError, NetworkParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

_TOLERANCE: Final = 1e-11
"""Largest error of an expected degree, relative to the degree, at which Newton's method ends."""
_STEPS: Final = 200


@dataclass(frozen=True, slots=True, eq=False)
class Configuration:
    """The solved model, by classes of equal degree.

    ``probability[r, c]`` is the probability of an edge between a row of class *r* and a
    column of class *c*; ``row_class[i]`` and ``column_class[j]`` are the classes of the
    nodes, and ``column_count[c]`` is the number of columns in class *c*.
    """

    probability: Floats
    row_class: Integers
    column_class: Integers
    column_count: Integers

    def matrix(self) -> Floats:
        """Return the probability of every edge, as a matrix of rows × columns."""
        full: Floats = self.probability[np.ix_(self.row_class, self.column_class)]
        return full


def configuration(rows: Sequence[int], columns: Sequence[int]) -> Configuration:
    r"""Return the maximum-entropy probabilities of a bipartite graph's edges.

    Args:
        rows: The degree of each node of one side.
        columns: The degree of each node of the other side.

    Returns:
        The model whose expected degrees are the given ones, to a relative error of 1e-11.

    Raises:
        NetworkParameterError: No bipartite graph has these degrees.
        NetworkError: The solver did not converge; the message gives the residual.

    >>> model = configuration([1, 1, 2], [1, 1, 2])
    >>> model.matrix().round(3).tolist()
    [[0.216, 0.216, 0.568], [0.216, 0.216, 0.568], [0.568, 0.568, 0.863]]
    >>> configuration([2, 1], [2, 1]).matrix().tolist()  # only one graph has these degrees
    [[1.0, 1.0], [1.0, 0.0]]
    """
    row_degree, row_class, row_count = _classes(rows)
    column_degree, column_class, column_count = _classes(columns)
    _check_graphic(row_degree, row_count, column_degree, column_count)
    probability = np.zeros((row_degree.size, column_degree.size))
    _fill(
        probability,
        _Block(np.arange(row_degree.size), row_degree, row_count),
        _Block(np.arange(column_degree.size), column_degree, column_count),
    )
    return Configuration(probability, row_class, column_class, column_count)


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """Some classes of one side, with the degrees that are still to be explained."""

    index: Integers
    degree: Integers
    count: Integers

    def keep(self, chosen: NDArray[np.bool_], less: int = 0) -> _Block:
        return _Block(self.index[chosen], self.degree[chosen] - less, self.count[chosen])


def _classes(degrees: Sequence[int]) -> tuple[Integers, Integers, Integers]:
    """Distinct degrees, the class of each node, and the size of each class."""
    values = np.asarray(degrees, dtype=np.int64)
    distinct, inverse, count = np.unique(values, return_inverse=True, return_counts=True)
    return distinct, inverse.astype(np.int64), count.astype(np.int64)


def _check_graphic(rows: Integers, n: Integers, columns: Integers, m: Integers) -> None:
    """Refuse degrees that no bipartite graph has (Gale and Ryser)."""
    if int(rows @ n) != int(columns @ m):
        raise NetworkParameterError(
            f"the degrees of the two sides sum to {int(rows @ n)} and {int(columns @ m)}; "
            "in a bipartite graph both sums are the number of edges"
        )
    block_rows, block_columns = _Block(rows, rows, n), _Block(columns, columns, m)
    negative = bool(np.any(rows < 0) or np.any(columns < 0))
    if negative or np.any(_slack(block_rows, block_columns)[1] < 0):
        raise NetworkParameterError("no bipartite graph has these degrees")


def _slack(rows: _Block, columns: _Block) -> tuple[Integers, Integers]:
    """Gale–Ryser's slack after each class of rows, from the largest degree down.

    The k rows of largest degree have at most ``sum(min(c_j, k))`` edges; the slack is that
    bound less the edges that they have. Between the classes the slack is concave in k, so
    looking at the ends of classes is enough.
    """
    order = np.argsort(-rows.degree, kind="stable")
    k = np.cumsum(rows.count[order])
    edges = np.cumsum((rows.count * rows.degree)[order])
    bound = np.array([int(np.minimum(columns.degree, at) @ columns.count) for at in k])
    return order, bound - edges


def _fill(probability: Floats, rows: _Block, columns: _Block) -> None:
    """Fill in the probabilities of one block: cut off what is certain, solve the rest."""
    if rows.index.size == 0 or columns.index.size == 0:
        return
    n = int(rows.count.sum())
    full = columns.degree == n
    if np.any(full | (columns.degree == 0)):
        probability[np.ix_(rows.index, columns.index[full])] = 1.0
        rest = rows.keep(np.ones(rows.index.size, dtype=bool), int(columns.count[full].sum()))
        _fill(probability, rest, columns.keep(~full & (columns.degree > 0)))
        return
    order, slack = _slack(rows, columns)
    tight = np.flatnonzero(slack[:-1] == 0)
    if tight.size == 0 and slack.size == 1 and rows.degree[0] in (0, int(columns.count.sum())):
        probability[np.ix_(rows.index, columns.index)] = float(rows.degree[0] > 0)
    elif tight.size == 0:
        probability[np.ix_(rows.index, columns.index)] = _solve(rows, columns)
    else:
        _split(probability, rows, columns, order[: tight[0] + 1])


def _split(probability: Floats, rows: _Block, columns: _Block, top: Integers) -> None:
    """Cut a block at a tight place: the top rows hold all edges that they can hold there."""
    above = np.zeros(rows.index.size, dtype=bool)
    above[top] = True
    k = int(rows.count[above].sum())
    certain = columns.degree >= k
    probability[np.ix_(rows.index[above], columns.index[certain])] = 1.0
    settled = int(columns.count[certain].sum())
    _fill(probability, rows.keep(above, settled), columns.keep(columns.degree < k))
    _fill(probability, rows.keep(~above), columns.keep(columns.degree > k, k))


def _solve(rows: _Block, columns: _Block) -> Floats:
    """Newton's method on the likelihood, which is concave, from the sparse limit.

    The unknowns are the logarithms of x and y. Adding a constant to the one and taking it
    from the other changes nothing, so the Hessian is singular by one dimension.
    """
    target = np.concatenate([rows.degree * rows.count, columns.degree * columns.count])
    scale = 0.5 * np.log(float(rows.degree @ rows.count))
    at = np.log(np.concatenate([rows.degree, columns.degree])) - scale
    best = np.inf
    for _ in range(_STEPS):
        p = expit(at[: rows.index.size, None] + at[None, rows.index.size :])
        weighted = p * rows.count[:, None] * columns.count[None, :]
        gradient = target - np.concatenate([weighted.sum(axis=1), weighted.sum(axis=0)])
        best = float(np.max(np.abs(gradient) / target))
        if best < _TOLERANCE:
            solved: Floats = p
            return solved
        at = _ascend(at, gradient, _hessian(weighted * (1 - p)), rows, columns)
    raise NetworkError(
        f"the bipartite configuration model did not converge in {_STEPS} steps; "
        f"the largest relative error of a degree is {best:.3g}"
    )


def _hessian(curvature: Floats) -> Floats:
    """The negative second derivative of the likelihood."""
    rows, columns = np.diag(curvature.sum(axis=1)), np.diag(curvature.sum(axis=0))
    blocks: Floats = np.block([[rows, curvature], [curvature.T, columns]])
    return blocks


def _ascend(at: Floats, gradient: Floats, hessian: Floats, rows: _Block, columns: _Block) -> Floats:
    """One Newton step, halved until the likelihood rises."""
    step = _step(hessian, gradient)
    slope = float(gradient @ step)
    here = _likelihood(at, rows, columns)
    for halving in range(60):
        ahead: Floats = at + step * 0.5**halving
        rise = _likelihood(ahead, rows, columns) - here
        if rise >= 1e-4 * slope * 0.5**halving or slope < 1e-9 * abs(here):
            return ahead
    last: Floats = at + step
    return last


def _step(hessian: Floats, gradient: Floats) -> Floats:
    """Solve for the step: with the last unknown held fixed, or by least squares near the edge."""
    step = np.zeros_like(gradient)
    try:
        step[:-1] = solve(hessian[:-1, :-1], gradient[:-1], assume_a="pos")
    except LinAlgError:
        step = lstsq(hessian, gradient, lapack_driver="gelsy")[0]
    return step


def _likelihood(at: Floats, rows: _Block, columns: _Block) -> float:
    a, b = at[: rows.index.size], at[rows.index.size :]
    pairs = np.logaddexp(0.0, a[:, None] + b[None, :])
    linear = (rows.degree * rows.count) @ a + (columns.degree * columns.count) @ b
    return float(linear - rows.count @ pairs @ columns.count)
