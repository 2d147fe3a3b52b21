r"""Compute the tails of a sum of unequal coin tosses, exactly and far out.

A Poisson-binomial variable is :math:`X = \sum_k X_k` with independent tosses of
probabilities :math:`q_k`. Its tails need full relative precision down to 1e-300, because a
p-value of 1e-40 is compared with a threshold after a correction for many tests.

Why not ``scipy.stats.poisson_binom``: it adds one toss at a time, in time quadratic in the
number of tosses. That is as quick for 400 events; for the 31,125 pairs of 250 units with
10^5 events it would take days. Here tosses of equal probability are given once with
their number, and the cost of a pair grows with the square root of the observed value.

The discrete Fourier transform of the characteristic function has an *absolute* error of
1e-16, and below that its tails are noise. So the distribution is first tilted: tosses with
:math:`\tilde q_k = q_k e^θ / (1 - q_k + q_k e^θ)` have their mean at the observed value *w*,
and

.. math:: P(X = w + j) = e^{K(θ) - θ (w + j)} \, \tilde P(X = w + j),
   \qquad K(θ) = \sum_k \log(1 - q_k + q_k e^θ)

holds exactly. Around *w* the tilted probabilities are large, and the transform gives them to
full relative precision.

References:
    Y. Hong, "On computing the distribution function for the Poisson binomial distribution",
    Computational Statistics & Data Analysis 59 (2013) 41–51 (the transform).
    https://doi.org/10.1016/j.csda.2012.10.006

    R. R. Bahadur, R. Ranga Rao, "On deviations of the sample mean", Annals of Mathematical
    Statistics 31 (1960) 1015–1027 (the tilt). https://doi.org/10.1214/aoms/1177705674
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import expit, logit

from agendagraph.errors import NetworkParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_CUT: Final = 45.0
"""Minus the logarithm of what the transform leaves out: exp(-45) = 3e-20."""
_BATCH: Final = 512
"""Variables computed at once: a few MB for each temporary array at 10^5 events."""


def tails(probability: ArrayLike, count: ArrayLike, observed: ArrayLike) -> tuple[Floats, Floats]:
    r"""Return :math:`P(X \ge w)` and :math:`P(X \le w)` for each row of *probability*.

    Args:
        probability: An array of shape (b, c): for each of *b* variables the probabilities,
            in [0, 1], of *c* kinds of tosses.
        count: How many tosses there are of each kind, shape (c,).
        observed: The value *w* of each variable, shape (b,); any integers.

    Returns:
        Two arrays of shape (b,), in [0, 1]. The relative error is about 1e-11 for both
        tails, down to the smallest normal number (2e-308); a smaller tail is 0.

    Raises:
        NetworkParameterError: A probability is outside [0, 1], or the shapes disagree.

    >>> upper, lower = tails([[0.5]], [10], [9])  # ten fair coins: (1 + 10) / 1024
    >>> round(float(upper[0] * 1024), 9)
    11.0
    >>> upper, _ = tails([[1e-3]], [100], [100])  # a hundred heads
    >>> f"{upper[0]:.6g}"
    '1e-300'
    """
    q = np.atleast_2d(np.asarray(probability, dtype=np.float64))
    m = np.asarray(count, dtype=np.float64)
    w = np.asarray(observed, dtype=np.float64)
    if q.shape != (w.size, m.size):
        raise NetworkParameterError(
            f"probabilities have the shape {q.shape}; expected {(w.size, m.size)}: "
            "one row an observed value, one column a kind of toss"
        )
    if q.size and not (np.min(q) >= 0 and np.max(q) <= 1):
        raise NetworkParameterError("a probability is outside [0, 1], or is not a number")
    least, most = (q == 1) @ m, (q > 0) @ m
    with np.errstate(divide="ignore"):
        all_heads = np.exp(np.where(q > 0, np.log(q), 0) @ m)
        no_heads = np.exp(np.where(q < 1, np.log1p(-q), 0) @ m)
    upper = np.select([w <= least, w == most], [1.0, all_heads], 0.0)
    lower = np.select([w >= most, w == least], [1.0, no_heads], 0.0)
    between = np.flatnonzero((w > least) & (w < most))
    # By size, so that the variables of a batch need transforms of about one length.
    between = between[np.argsort(w[between], kind="stable")]
    for start in range(0, between.size, _BATCH):
        part = between[start : start + _BATCH]
        upper[part], lower[part] = _tails(q[part], m, w[part])
    return upper, lower


def _tails(q: Floats, m: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Both tails where *w* is neither the least nor the most that is possible.

    With *w* above the mean (θ > 0) the upper tail is the small one, and below it the lower.
    The small one is a sum of P(X = w ± j); the other follows, since both contain P(X = w).
    """
    with np.errstate(divide="ignore"):
        log_odds, log_head, log_tail = logit(q), np.log(q), np.log1p(-q)
    theta = _tilt(log_odds, m, w)
    mass = _transform(expit(log_odds + theta[:, None]), m, w, theta >= 0)
    scale = np.exp(np.logaddexp(log_tail, log_head + theta[:, None]) @ m - theta * w)
    decay = np.exp(-np.abs(theta)[:, None] * np.arange(mass.shape[1]))
    small = np.clip(scale * (mass * decay).sum(axis=1), 0.0, 1.0)
    large = np.clip(1.0 - small + scale * mass[:, 0], 0.0, 1.0)
    return np.where(theta >= 0, small, large), np.where(theta >= 0, large, small)


def _tilt(log_odds: Floats, m: Floats, w: Floats) -> Floats:
    """Return a θ at which the tilted mean is *w*, by bisection.

    The identity holds for every θ, so θ need not be exact.
    """
    unsure = np.isfinite(log_odds)
    spread = logit((w - (log_odds == np.inf) @ m) / (unsure @ m))
    low = spread - np.max(log_odds, axis=1, where=unsure, initial=-np.inf)
    high = spread - np.min(log_odds, axis=1, where=unsure, initial=np.inf)
    for _ in range(60):
        middle = 0.5 * (low + high)
        above = expit(log_odds + middle[:, None]) @ m > w
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    theta: Floats = 0.5 * (low + high)
    return theta


def _transform(q: Floats, m: Floats, w: Floats, upward: NDArray[np.bool_]) -> Floats:
    r"""Return P(X = w + j), or P(X = w - j), for j = 0, 1, 2 …, of variables whose mean is *w*.

    The length follows from Bernstein's inequality: beyond it there is no mass. Of the
    characteristic function φ only the beginning is computed, from its logarithm and its angle:
    :math:`|φ(t)| ≤ exp(-σ² (1 - \cos t))`.
    """
    variance = (q * (1 - q)) @ m
    reach = int(_CUT / 3 + np.sqrt((_CUT / 3) ** 2 + 2 * _CUT * np.max(variance))) + 2
    t = 2 * np.pi * np.arange(reach + 1) / (2 * reach + 1)
    t = t[np.min(variance) * (1 - np.cos(t)) <= _CUT]
    sine, half = np.sin(t), np.sin(t / 2) ** 2
    log_size, angle = np.zeros((w.size, t.size)), -w[:, None] * t
    for c in range(m.size):
        p = q[:, c, None]
        with np.errstate(divide="ignore"):
            log_size += 0.5 * m[c] * np.log1p(np.maximum(-4 * p * (1 - p) * half, -1.0))
        angle += m[c] * np.arctan2(p * sine, 1 - 2 * p * half)
    phi = np.exp(log_size - 1j * np.where(upward, 1, -1)[:, None] * angle)
    mass: Floats = np.fft.irfft(phi, n=2 * reach + 1)[:, : reach + 1]
    return mass
