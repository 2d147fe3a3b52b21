"""Tails of a Poisson-binomial variable are exact, down to 1e-300."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from agendagraph.errors import NetworkParameterError
from agendagraph.network.backbones.poisson_binomial import tails

SMALLEST = 1e-300


def exact_tails(probability: list[float], count: list[int], w: int) -> tuple[float, float]:
    """Both tails in rational arithmetic: no rounding at all until the end."""
    mass = [Fraction(1)]
    for q, times in zip(map(Fraction, probability), count, strict=True):
        for _ in range(times):
            longer = [Fraction(0), *(p * q for p in mass)]
            for k, p in enumerate(mass):
                longer[k] += p * (1 - q)
            mass = longer
    return float(sum(mass[max(w, 0) :])), float(sum(mass[: max(w + 1, 0)]))


PROBABILITY = st.one_of(
    st.floats(0, 1),
    st.floats(-30, 0).map(lambda exponent: 10.0**exponent),
    st.sampled_from([0.0, 1.0, 0.5, 1 - 1e-12]),
)


@settings(max_examples=150, deadline=None)
@given(
    kinds=st.lists(st.tuples(PROBABILITY, st.integers(1, 8)), min_size=1, max_size=4),
    data=st.data(),
)
def test_tails_equal_rational_arithmetic(
    kinds: list[tuple[float, int]], data: st.DataObject
) -> None:
    probability, count = [q for q, _ in kinds], [m for _, m in kinds]
    w = data.draw(st.integers(-1, sum(count) + 1))

    upper, lower = tails([probability], count, [w])

    for found, expected in zip(
        (upper[0], lower[0]), exact_tails(probability, count, w), strict=True
    ):
        assert found == pytest.approx(expected, rel=1e-10, abs=SMALLEST)


@pytest.mark.parametrize("w", [400, 480, 500, 520, 700, 1500, 4000])
def test_large_counts_agree_with_the_binomial(w: int) -> None:
    """50,000 tosses of one kind are binomial, for which scipy has its own algorithm."""
    upper, lower = tails([[0.01]], [50_000], [w])

    assert upper[0] == pytest.approx(binom.sf(w - 1, 50_000, 0.01), rel=1e-9, abs=SMALLEST)
    assert lower[0] == pytest.approx(binom.cdf(w, 50_000, 0.01), rel=1e-9, abs=SMALLEST)


@pytest.mark.parametrize("n", [2, 4, 8, 20])
def test_the_middle_of_fair_coins(n: int) -> None:
    """At the mean the tilt is nothing, where a careless geometric sum loses half its digits."""
    upper, lower = tails([[0.5]], [n], [n // 2])

    exact = exact_tails([0.5], [n], n // 2)
    assert (upper[0], lower[0]) == pytest.approx(exact, rel=1e-13)


def test_a_tail_of_1e_300() -> None:
    upper, _ = tails([[1e-3, 1e-30]], [90, 1], [91])

    assert upper[0] == pytest.approx(1e-300, rel=1e-10)


def test_what_cannot_be_is_zero_and_what_must_be_is_one() -> None:
    upper, lower = tails([[1.0, 0.0]] * 3, [2, 3], [2, 3, 1])

    assert upper.tolist() == [1.0, 0.0, 1.0]
    assert lower.tolist() == [1.0, 1.0, 0.0]


def test_no_tosses_at_all() -> None:
    upper, lower = tails(np.empty((1, 0)), [], [0])

    assert (upper[0], lower[0]) == (1.0, 1.0)


@pytest.mark.parametrize("q", [-0.1, 1.1, float("nan")])
def test_a_probability_outside_its_range_is_refused(q: float) -> None:
    with pytest.raises(NetworkParameterError, match="outside"):
        tails([[q]], [1], [0])


def test_shapes_must_agree() -> None:
    with pytest.raises(NetworkParameterError, match="expected \\(2, 1\\)"):
        tails([[0.5]], [1], [0, 1])
