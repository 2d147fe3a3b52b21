"""Draw a network of countries on a map of the world.

Areas are true (Equal Earth): on a Mercator map Greenland looks as large as Africa. Borders
are Natural Earth's, which draws who holds a place and not who claims it. A country without
an outline at this scale is named below the map, and so not lost.
"""

# ruff: noqa: N803 - G is networkx's name for a graph

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib import patheffects
from matplotlib.collections import LineCollection, PolyCollection

from agendagraph import files
from agendagraph.errors import NetworkParameterError
from agendagraph.network.figures import outlines
from agendagraph.network.figures.canvas import (
    COLOURS,
    WORDS,
    Axes,
    Language,
    canvas,
    font_for,
    label,
)
from agendagraph.network.measurement.centrality import prepared, strength

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from agendagraph.network.bipartite import Graph

    Ring = NDArray[np.float64]

_ANTARCTICA: Final = "010"
_LAND, _BORDER, _INK = "#e9e9e6", "#ffffff", "#222222"


def draw_map(
    G: Graph,
    *,
    values: Mapping[Any, float] | None = None,
    lang: Language = "ko",
    labels: int = 25,
    edges: bool = True,
    centre_deg: float = 150.0,
    size_in: tuple[float, float] = (9.0, 4.4),
) -> Figure:
    r"""Draw the countries of a network on a map: colour = value, width of an edge = weight.

    A node is a country where its attribute ``iso3`` is the ISO 3166 code of one; edges are drawn
    between two of them. Other nodes (organisations, goals) are not on a map and are left out.

    Args:
        G: An undirected network; edge attribute ``weight``, 1 where absent.
        values: The number to colour each node by; by default its strength in *G*.
        lang: The language of the labels.
        labels: How many countries to label, those of the largest values first.
        edges: Whether to draw the edges.
        centre_deg: The longitude in the middle of the map, in degrees east; 150 shows the Pacific
            whole.
        size_in: Width and height, in inches.

    Raises:
        NetworkError: The outlines were not installed, or the labels are Korean and no font can
            write them.
        NetworkParameterError: A weight is not positive, or a node has no value.

    References:
        B. Šavrič, T. Patterson, B. Jenny, "The Equal Earth map projection", International Journal
        of Geographical Information Science 33 (2019) 454–465.
        https://doi.org/10.1080/13658816.2018.1504949
    """
    network = prepared(G)
    shown = strength(network) if values is None else values
    codes = _codes(network)
    missing = [node for node in codes if node not in shown]
    if missing:
        raise NetworkParameterError(f"values: node {missing[0]!r} has none")
    world = outlines.world()
    placed = {node: code for node, code in codes.items() if code in world}
    figure, axes = canvas(size_in)
    axes.set_axis_off()
    axes.set_aspect("equal")
    colours = _colours(figure, axes, {code: shown[node] for node, code in placed.items()})
    _land(axes, world, colours, centre_deg)
    place = {node: outlines.middle(world[code][0], centre_deg) for node, code in placed.items()}
    if edges:
        _ties(axes, network, place)
    named = sorted(place, key=lambda node: -shown[node])[:labels]
    lost = [label(network, node, lang) for node in codes if node not in placed]
    _write(axes, {label(network, node, lang): place[node] for node in named}, lost, lang)
    axes.margins(0.01)
    axes.autoscale_view()
    return figure


def _codes(network: Graph) -> dict[Any, str]:
    """The M49 code of every node that is a country."""
    with (files.TABLES / "world" / "countries.csv").open(encoding="utf-8", newline="") as table:
        known = {row["iso3"]: row["m49"] or row["iso3"] for row in csv.DictReader(table)}
    found = {
        node: known.get(str(data.get("iso3") or "")) for node, data in network.nodes(data=True)
    }
    return {node: code for node, code in found.items() if code is not None}


def _land(
    axes: Axes, world: Mapping[str, list[Ring]], colours: Mapping[str, Any], centre_deg: float
) -> None:
    """Fill the countries, those without a value in grey."""
    rings, fills = [], []
    for code, country in world.items():
        if code == _ANTARCTICA:
            continue
        for part in (part for ring in country for part in outlines.parts(ring, centre_deg)):
            rings.append(outlines.project(part))
            fills.append(colours.get(code, _LAND))
    axes.add_collection(
        PolyCollection(rings, facecolors=fills, edgecolors=_BORDER, linewidths=0.3, zorder=1)
    )


def _colours(figure: Figure, axes: Axes, values: Mapping[str, float]) -> dict[str, Any]:
    """Return the colour of each value, and draw a colour bar."""
    if not values:
        return {}
    scale = mpl.colors.Normalize(min(0.0, *values.values()), max(*values.values(), 1e-12))
    mapped = mpl.cm.ScalarMappable(scale, mpl.colormaps["cividis_r"])
    figure.colorbar(mapped, ax=axes, shrink=0.5, pad=0.01).ax.tick_params(labelsize=7)
    return {code: mapped.cmap(scale(value)) for code, value in values.items()}


def _ties(axes: Axes, network: Graph, place: Mapping[Any, Ring]) -> None:
    """The edges between countries of the map, the heavier ones wider."""
    every: list[tuple[Any, Any, float]] = list(network.edges(data="weight"))
    ties = [(place[u], place[v], weight) for u, v, weight in every if u in place and v in place]
    if not ties:
        return
    heaviest = max(weight for _, _, weight in ties)
    widths = [0.4 + 2.2 * weight / heaviest for _, _, weight in ties]
    lines = [_bow(start, stop) for start, stop, _ in ties]
    axes.add_collection(
        LineCollection(lines, linewidths=widths, colors=COLOURS[5], alpha=0.55, zorder=2)
    )
    spots = np.array([place[node] for node in place])
    axes.scatter(*spots.T, s=6, color=_INK, linewidths=0, zorder=3)


def _bow(start: Ring, stop: Ring) -> Ring:
    """A line that bends to one side, so that it does not run through a third country's point."""
    t = np.linspace(0, 1, 24)[:, None]
    along = stop - start
    bend = (start + stop) / 2 + 0.12 * np.array([-along[1], along[0]])
    line: Ring = (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * stop
    return line


def _write(axes: Axes, names: Mapping[str, Ring], lost: Iterable[str], lang: Language) -> None:
    """Label the countries; below the map, name its source and the countries it lacks."""
    words = WORDS[lang]
    note = words("map.source")
    if missing := ", ".join(lost):
        note = ". ".join([note, words("map.absent", names=missing)])
    font = font_for([*names, note])
    halo = [patheffects.withStroke(linewidth=1.6, foreground="white")]
    for name, at in names.items():
        axes.annotate(
            name, at, (0, 3), textcoords="offset points", ha="center", fontproperties=font,
            fontsize=6.5, color=_INK, path_effects=halo, zorder=4,
        )  # fmt: skip
    axes.text(
        0, -0.02, note, transform=axes.transAxes, fontproperties=font, fontsize=6, va="top",
        color=_INK, wrap=True,
    )  # fmt: skip
