r"""Compute the tails of a sum of unequal coin tosses, exactly and far out.

A Poisson-binomial variable is :math:`X = \sum_k X_k` with independent tosses of
probabilities :math:`q_k`. Its tails are wanted to full relative precision down to 1e-300,
because a p-value of 1e-40 is compared with a threshold after a correction for many tests.

The usual discrete Fourier transform of the characteristic function has an *absolute* error
of 1e-16, and below that its tails are noise. So the distribution is first tilted:
tosses with :math:`\tilde q_k = q_k e^θ / (1 - q_k + q_k e^θ)` have their mean at the
observed value *w*, and

.. math:: P(X = w + j) = e^{K(θ) - θ (w + j)} \, \tilde P(X = w + j),
   \qquad K(θ) = \sum_k \log(1 - q_k + q_k e^θ)

holds exactly. Around *w* the tilted probabilities are large, so the transform gives them
to full relative precision, and the tail is a geometric sum of them.
Tosses of equal probability are given once, with their number.

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

from agendagraph.errors import NetworkParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_CUT: Final = 45.0
"""Minus the logarithm of what is left out: exp(-45) = 3e-20 of a tilted distribution."""
_CELLS: Final = 4_000_000
"""Numbers held at once; 32 MB for each temporary array."""


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
    upper, lower = np.empty(w.size), np.empty(w.size)
    batch = max(1, _CELLS // (96 * max(1, m.size)))
    for start in range(0, w.size, batch):
        part = slice(start, start + batch)
        upper[part], lower[part] = _tails(q[part], m, w[part])
    return upper, lower


def _tails(q: Floats, m: Floats, w: Floats) -> tuple[Floats, Floats]:
    """The tails of one batch: the certain cases in closed form, the others by the transform."""
    certain = (q == 1.0) @ m
    possible = (q > 0.0) @ m
    random = np.where((q == 0.0) | (q == 1.0), 0.0, q)
    n, k = possible - certain, w - certain
    upper = np.where(k <= 0, 1.0, 0.0)
    lower = np.where(k >= n, 1.0, 0.0)
    with np.errstate(divide="ignore"):
        log_none = np.log1p(-random) @ m
        log_all = np.where(random > 0, np.log(random), 0.0) @ m
    lower = np.where((k == 0) & (n > 0), np.exp(log_none), lower)
    upper = np.where((k == n) & (n > 0), np.exp(log_all), upper)
    inner = np.flatnonzero((k > 0) & (k < n))
    if inner.size:
        upper[inner], lower[inner] = _inner(random[inner], m, k[inner])
    return upper, lower


def _inner(q: Floats, m: Floats, k: Floats) -> tuple[Floats, Floats]:
    """Both tails where 0 < k < n: the far one by the transform, the near one from it.

    With *k* above the mean the upper tail is the small one; with *k* below, the lower.
    P(X = k) joins the two: both contain it.
    """
    theta = _tilt(q, m, k)
    log_odds = np.where(q > 0, np.log(np.where(q > 0, q, 1.0)) - np.log1p(-q), -np.inf)
    tilted = _logistic(log_odds + theta[:, None])
    log_scale = np.logaddexp(np.log1p(-q), np.log(np.where(q > 0, q, 1.0)) + theta[:, None])
    log_scale = np.where(q > 0, log_scale, 0.0) @ m - theta * k
    point, far = _transform(tilted, m, k, np.abs(theta), theta >= 0)
    scale = np.exp(log_scale)
    far, point = np.minimum(scale * far, 1.0), np.minimum(scale * point, 1.0)
    near = np.clip(1.0 - far + point, 0.0, 1.0)
    return np.where(theta >= 0, far, near), np.where(theta >= 0, near, far)


def _logistic(x: Floats) -> Floats:
    with np.errstate(over="ignore"):
        answer: Floats = 1.0 / (1.0 + np.exp(-x))
    return answer


def _tilt(q: Floats, m: Floats, k: Floats) -> Floats:
    """Find θ at which the tilted mean is *k*: Newton's method inside a closing bracket."""
    log_odds = np.where(q > 0, np.log(np.where(q > 0, q, 1.0)) - np.log1p(-q), -np.inf)
    spread = np.log(k) - np.log((q > 0) @ m - k)
    high = spread - np.min(np.where(q > 0, log_odds, np.inf), axis=1) + 1e-9
    low = spread - np.max(log_odds, axis=1) - 1e-9
    theta = np.clip(np.zeros_like(k), low, high)
    for _ in range(200):
        tilted = _logistic(log_odds + theta[:, None])
        excess = tilted @ m - k
        high, low = np.where(excess > 0, theta, high), np.where(excess > 0, low, theta)
        step = theta - excess / ((tilted * (1 - tilted)) @ m)
        inside = (step > low) & (step < high)
        ahead = np.where(inside, step, 0.5 * (low + high))
        done = np.abs(ahead - theta) <= 1e-10 * (1 + np.abs(theta))
        theta = ahead
        if np.all(done):
            break
    return theta


def _transform(
    q: Floats, m: Floats, k: Floats, decay: Floats, upward: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    r"""Return P(X = k), and the sum of :math:`e^{-decay·j} P(X = k ± j)` over j ≥ 0.

    *q* has its mean at *k*. The number of points of the transform follows from Bernstein's
    inequality (how far from *k* there is any mass); the number that are evaluated follows
    from :math:`|φ(t)| ≤ exp(-σ² (1 - \cos t))`: beyond, φ is nothing.
    """
    variance = (q * (1 - q)) @ m
    reach = np.ceil(_CUT / 3 + np.sqrt((_CUT / 3) ** 2 + 2 * _CUT * variance)) + 1
    points = 2 * reach + 1
    edge = np.arccos(np.clip(1 - _CUT / np.maximum(variance, 1e-300), -1.0, 1.0))
    used = np.minimum(np.ceil(edge * points / (2 * np.pi)), reach)
    j = np.arange(int(np.max(used)) + 1)
    t = np.where(j[None, :] <= used[:, None], 2 * np.pi * j[None, :] / points[:, None], 0.0)
    taper = np.where(j[None, :] <= used[:, None], np.where(j == 0, 1.0, 2.0)[None, :], 0.0)
    phi = _characteristic(q, m, k, t) * taper / points[:, None]
    # A geometric sum; near zero 1 - exp(z) would cancel, expm1 does not.
    z = np.where(upward, -1j, 1j)[:, None] * t - decay[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        sums = np.expm1(z * (reach[:, None] + 1)) / np.expm1(z)
    sums = np.where(z == 0, reach[:, None] + 1, sums)
    return phi.real.sum(axis=1), (phi * sums).real.sum(axis=1)


def _characteristic(q: Floats, m: Floats, k: Floats, t: Floats) -> NDArray[np.complex128]:
    """The characteristic function of X - k at *t*, from its logarithm and its angle."""
    half = np.sin(t / 2) ** 2
    log_size, angle = np.zeros_like(t), -k[:, None] * t
    sine = np.sin(t)
    for c in range(m.size):
        p = q[:, c, None]
        log_size += (0.5 * m[c]) * np.log1p(np.maximum(-4 * p * (1 - p) * half, -1.0))
        angle += m[c] * np.arctan2(p * sine, 1 - 2 * p * half)
    with np.errstate(over="ignore"):
        answer: NDArray[np.complex128] = np.exp(log_size + 1j * angle)
    return answer
