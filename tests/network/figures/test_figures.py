"""Figures are drawn in Hangul, alike in every run, and without touching global state."""

# ruff: noqa: ANN401, N803 - parametrised values and fixtures are of several types

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import networkx as nx
import pytest
from PIL import Image

from agendagraph.errors import NetworkError, NetworkParameterError
from agendagraph.network import measures, project
from agendagraph.network.figures.charts import (
    draw_bipartite,
    draw_matrix,
    draw_network,
    draw_ranks,
    save,
)
from agendagraph.network.figures.fonts import hangul_font

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure


@pytest.fixture
def korean(women: nx.Graph[Any]) -> nx.Graph[Any]:
    """Southern Women under Korean names."""
    nx.set_node_attributes(women, {node: f"이름 {node}" for node in women}, "label_ko")
    return women


def draw_all(B: nx.Graph[Any], lang: Any = "ko") -> list[Figure]:
    network = project(B, on=0)
    found = measures(network, names=["strength"], source=B, replicates=10)
    communities = {node: at % 2 for at, node in enumerate(network)}
    return [
        draw_network(network, lang=lang, communities=communities),
        draw_bipartite(B, lang=lang),
        draw_matrix(network, lang=lang, communities=communities),
        draw_matrix(B, lang=lang),
        draw_ranks(found, G=network, lang=lang),
    ]


def test_every_figure_is_written_with_its_hangul(korean: nx.Graph[Any], tmp_path: Path) -> None:
    """A missing glyph is a warning of matplotlib's, and warnings are errors here."""
    for at, figure in enumerate(draw_all(korean)):
        save(figure, tmp_path / f"{at}.png", dpi=50)

        image = Image.open(tmp_path / f"{at}.png").convert("L")
        assert image.getextrema()[0] < 128 < image.getextrema()[1]


@pytest.mark.parametrize("suffix", ["png", "pdf", "svg"])
def test_the_same_figure_is_the_same_file(
    korean: nx.Graph[Any], tmp_path: Path, suffix: str
) -> None:
    for name in ("one", "two"):
        save(draw_bipartite(korean), tmp_path / f"{name}.{suffix}", dpi=50)

    first, second = (tmp_path / f"{name}.{suffix}" for name in ("one", "two"))
    assert first.read_bytes() == second.read_bytes()


def test_text_stays_text_in_svg(korean: nx.Graph[Any], tmp_path: Path) -> None:
    save(draw_network(project(korean, on=0)), tmp_path / "net.svg")

    assert "이름 Evelyn Jefferson" in (tmp_path / "net.svg").read_text(encoding="utf-8")


def test_settings_of_matplotlib_are_not_touched(korean: nx.Graph[Any], tmp_path: Path) -> None:
    before = dict(mpl.rcParams)

    save(draw_network(project(korean, on=0)), tmp_path / "net.pdf")

    assert dict(mpl.rcParams) == before


def test_english_needs_no_hangul(korean: nx.Graph[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Labels without Hangul are drawn in matplotlib's own font."""

    def refuse() -> None:
        raise AssertionError("no Hangul was asked for")

    monkeypatch.setattr("agendagraph.network.figures.canvas.hangul_font", refuse)

    for figure in draw_all(korean, lang="en"):
        assert figure.axes


def test_without_a_font_the_remedy_is_named() -> None:
    with pytest.raises(NetworkError, match="apt install fonts-noto-cjk"):
        hangul_font(("No Such Font",))


def test_ties_and_intervals_are_shown(women: nx.Graph[Any]) -> None:
    network = project(women, on=0)
    found = measures(network, names=["strength"], source=women, replicates=10)

    (axes,) = draw_ranks(found, G=network, lang="en").axes

    labels = [text.get_text() for text in axes.get_yticklabels()]
    assert labels[0] == "Theresa Anderson  1"
    assert labels[2].endswith("3=")
    assert len(axes.containers) == 1


@pytest.mark.parametrize("graph", [nx.Graph(), nx.empty_graph(1)], ids=["empty", "one node"])
def test_small_networks_are_drawn(graph: nx.Graph[Any]) -> None:
    assert len(draw_network(graph, lang="en").axes) == 1
    assert draw_matrix(graph, lang="en").axes


def test_an_empty_bipartite_graph_is_drawn() -> None:
    assert len(draw_bipartite(nx.Graph()).axes) == 1


def test_bad_arguments_are_refused(women: nx.Graph[Any], tmp_path: Path) -> None:
    with pytest.raises(NetworkParameterError, match="was not computed"):
        draw_ranks(measures(project(women, on=0), names=["degree"]), "strength")
    with pytest.raises(NetworkParameterError, match=r"\.png, \.pdf or \.svg"):
        save(draw_bipartite(nx.Graph()), tmp_path / "figure.bmp")
