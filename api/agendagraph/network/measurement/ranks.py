"""Rank nodes by a measure, and show ties as ties.

Two nodes in the same position of a network have the same value, but two ways of adding
the same floating-point numbers may differ in the last digits. Values are therefore equal
here when they agree to ten significant digits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import rankdata

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def rank(values: ArrayLike) -> NDArray[np.int64]:
    """Return the rank of each value: 1 for the largest; equal values share the smallest.

    >>> rank([5.0, 0.1 + 0.2, 0.3, 7.0]).tolist()
    [2, 3, 3, 1]
    """
    given = np.asarray(values, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.floor(np.log10(np.abs(given)))
    scale = 10.0 ** (9 - np.where(np.isfinite(size), size, 0))
    rounded = np.round(given * scale) / scale
    found: NDArray[np.int64] = rankdata(-rounded, method="min").astype(np.int64)
    return found


def ranked(nodes: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each node and measure of *nodes*, with its rank and its ties."""
    parts = []
    for name in nodes.columns:
        ranks = rank(nodes[name].to_numpy())
        part = pd.DataFrame({"node": list(nodes.index), "measure": name})
        part["value"] = nodes[name].to_numpy(dtype=np.float64)
        part["rank"] = ranks
        part["tied"] = pd.Series(ranks, dtype="int64").map(pd.Series(ranks).value_counts())
        part = part.sort_values(["rank"], kind="stable")
        parts.append(part)
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    for name in ("low", "high", "rank_low", "rank_high"):
        table[name] = np.nan
    return table
