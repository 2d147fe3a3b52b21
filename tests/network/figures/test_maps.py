"""A map puts countries where they are, loses none in silence, and is the same in every run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pytest

from agendagraph import files
from agendagraph.errors import NetworkError, NetworkParameterError
from agendagraph.network.figures import maps, outlines
from agendagraph.network.figures.charts import save

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    not (files.ASSETS / outlines.OUTLINES).is_file(), reason="the outlines were not built (npm)"
)


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    outlines.world.cache_clear()


def countries(*codes: str) -> nx.Graph[str]:
    graph: nx.Graph[str] = nx.Graph()
    for code in codes:
        graph.add_node(code, iso3=code, label_ko=f"나라 {code}", label_en=code)
    graph.add_edges_from((codes[0], code) for code in codes[1:])
    return graph


def texts(figure: Any) -> list[str]:  # noqa: ANN401 - matplotlib's
    return [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize(
    ("m49", "longitude", "latitude"),
    [
        pytest.param("410", 127.8, 36.4, id="South Korea"),
        pytest.param("036", 134.5, -25.7, id="Australia, whose code has a second shape of islets"),
        pytest.param("643", 98.7, 62.0, id="Russia, which goes on beyond 180 degrees"),
        pytest.param("250", 2.5, 46.6, id="France without Guiana"),
        pytest.param("702", 103.8, 1.36, id="Singapore, which coarser outlines lack"),
    ],
)
def test_a_country_stands_where_it_is(m49: str, longitude: float, latitude: float) -> None:
    ring = outlines.world()[m49][0]

    found = outlines.middle(ring, 150.0)

    expected = outlines.project(np.array([[longitude - 150.0, latitude]]))[0]
    assert np.abs(found - expected).max() < np.radians(3)


def test_the_projection_keeps_areas() -> None:
    """Two cells of one area on the sphere, at the equator and at 60 degrees north."""

    def area(south: float, north: float) -> float:
        sides = [np.linspace(south, north, 200), np.linspace(north, south, 200)]
        corners = np.column_stack([np.repeat([0.0, 10.0], 200), np.concatenate(sides)])
        x, y = outlines.project(corners).T
        return float(abs(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2)

    def height(south: float, north: float) -> float:
        return float(np.sin(np.radians(north)) - np.sin(np.radians(south)))

    assert area(55, 65) / area(0, 10) == pytest.approx(height(55, 65) / height(0, 10), rel=1e-3)


@pytest.mark.parametrize("centre_deg", [-100.0, 0.0, 150.0])
def test_no_outline_crosses_the_edge_of_the_map(centre_deg: float) -> None:
    rings = [ring for code, found in outlines.world().items() if code != "010" for ring in found]

    parts = [part for ring in rings for part in outlines.parts(ring, centre_deg)]

    assert len(parts) > len(rings)
    assert min(part[:, 0].min() for part in parts) >= -180.0001
    assert max(part[:, 0].max() for part in parts) <= 180.0001


def test_a_country_without_an_outline_is_named_below() -> None:
    figure = maps.draw_map(countries("KOR", "JPN", "TUV"), lang="en")

    assert texts(figure)[:2] == ["KOR", "JPN"]
    assert texts(figure)[-1] == "Borders: Natural Earth. Not on the map: TUV"


def test_what_is_no_country_is_left_out() -> None:
    graph = countries("KOR", "JPN")
    graph.add_node("apec", label_en="APEC")
    graph.add_edge("KOR", "apec")

    assert "APEC" not in " ".join(texts(maps.draw_map(graph, lang="en")))


def test_the_same_map_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first.png", "second.png"):
        save(maps.draw_map(countries("KOR", "JPN", "USA")), tmp_path / name, dpi=60)

    assert (tmp_path / "first.png").read_bytes() == (tmp_path / "second.png").read_bytes()


def test_an_empty_network_is_an_empty_world() -> None:
    assert texts(maps.draw_map(nx.Graph(), lang="en")) == ["Borders: Natural Earth"]


def test_a_country_without_a_value_is_refused() -> None:
    with pytest.raises(NetworkParameterError, match="node 'JPN' has none"):
        maps.draw_map(countries("KOR", "JPN"), values={"KOR": 1.0})


def test_without_the_outlines_the_remedy_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    outlines.world.cache_clear()
    monkeypatch.setattr(files, "ASSETS", tmp_path)

    with pytest.raises(NetworkError, match="pip install"):
        maps.draw_map(countries("KOR", "JPN"))
