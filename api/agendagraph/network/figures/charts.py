"""Draw networks for print: matplotlib figures without any global state.

Each function returns a `matplotlib.figure.Figure` and changes no setting of matplotlib's;
so a figure is the same in a notebook, in a script and in a server. Colours are those of Okabe
and Ito, which the colour-blind can tell apart.
"""

# ruff: noqa: N803 - B and G are networkx's names for a bipartite graph and a graph

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import networkx as nx
import numpy as np
from matplotlib.collections import LineCollection

from agendagraph.errors import NetworkParameterError
from agendagraph.network import bipartite
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
    from collections.abc import Mapping

    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from agendagraph.network.bipartite import Graph
    from agendagraph.network.measurement.measures import Measures

_INK, _PALE = "#222222", "#9a9a9a"


def draw_network(
    G: Graph,
    *,
    lang: Language = "ko",
    communities: Mapping[Any, int] | None = None,
    labels: int = 40,
    seed: int = 0,
    size_in: tuple[float, float] = (7.0, 7.0),
) -> Figure:
    """Draw a one-mode network: area of a node = strength, width of an edge = weight.

    Args:
        G: An undirected network; edge attribute ``weight``, 1 where absent.
        lang: The language of the labels; nodes without ``label_ko`` or ``label_en`` are
            labelled by their name.
        communities: The community of every node, shown by colour.
        labels: How many nodes to label, the strongest first.
        seed: The seed of the layout (Fruchterman and Reingold's).
        size_in: Width and height, in inches.

    Raises:
        NetworkError: The labels are Korean and no font can write them.
        NetworkParameterError: A weight is not positive.

    >>> len(draw_network(nx.path_graph(3), lang="en").axes)
    1
    """
    network = prepared(G)
    figure, axes = canvas(size_in)
    axes.set_axis_off()
    nodes = list(network)
    if not nodes:
        return figure
    place = nx.spring_layout(network, seed=seed, weight="weight", iterations=200)
    power = strength(network)
    spots = np.array([place[node] for node in nodes])
    areas = 20 + 380 * np.array([power[node] for node in nodes]) / (max(power.values()) or 1)
    _lines(axes, network, place)
    colours = [_colour(communities[node]) if communities else COLOURS[0] for node in nodes]
    axes.scatter(*spots.T, s=areas, c=colours, edgecolors="white", linewidths=0.6, zorder=2)
    named = sorted(nodes, key=lambda node: -power[node])[:labels]
    font = font_for(label(network, node, lang) for node in named)
    for node in named:
        text = label(network, node, lang)
        axes.annotate(
            text,
            place[node],
            (0, 5),
            textcoords="offset points",
            ha="center",
            fontproperties=font,
            fontsize=7,
            color=_INK,
            zorder=3,
        )
    axes.margins(0.1)
    return figure


def draw_bipartite(
    B: Graph, *, lang: Language = "ko", size_in: tuple[float, float] | None = None
) -> Figure:
    """Draw a bipartite graph in two columns, each side ordered to lessen crossings.

    The order is that of the barycentre heuristic: each node stands at the mean height of its
    neighbours, in a few sweeps from the sorted order.

    Args:
        B: An undirected graph whose nodes have ``bipartite``, 0 (left) or 1 (right).
        lang: The language of the labels.
        size_in: Width and height, in inches; by default the height follows the longer side.

    Raises:
        NetworkError: The labels are Korean and no font can write them.
        NetworkParameterError: *B* is not bipartite.

    References:
        K. Sugiyama, S. Tagawa, M. Toda, "Methods for visual understanding of hierarchical system
        structures", IEEE Transactions on Systems, Man, and Cybernetics 11 (1981) 109–125.
        https://doi.org/10.1109/TSMC.1981.4308636
    """
    sides = bipartite.sides(B, 0)
    columns = _uncrossed(B, list(sides.units), list(sides.events))
    longest = max((len(column) for column in columns), default=1)
    figure, axes = canvas(size_in or (7.0, max(2.0, 0.2 * longest)))
    axes.set_axis_off()
    place = {}
    for x, column in enumerate(columns):
        for at, node in enumerate(column):
            place[node] = (float(x), -(at + 0.5) / len(column))
    if not place:
        return figure
    _lines(axes, prepared(B), place)
    font = font_for(label(B, node, lang) for node in B)
    for x, column in enumerate(columns):
        spots = np.array([place[node] for node in column]).reshape(-1, 2)
        axes.scatter(*spots.T, s=18, c=COLOURS[x], zorder=2)
        for node in column:
            axes.annotate(
                label(B, node, lang),
                place[node],
                (5 if x else -5, 0),
                textcoords="offset points",
                ha="left" if x else "right",
                va="center",
                fontproperties=font,
                fontsize=7,
                color=_INK,
            )
    axes.set_xlim(-0.8, 1.8)
    return figure


def draw_matrix(
    G: Graph,
    *,
    lang: Language = "ko",
    communities: Mapping[Any, int] | None = None,
    size_in: tuple[float, float] = (7.0, 7.0),
) -> Figure:
    """Draw the weights as a matrix, nodes by community and then by strength.

    Of a bipartite graph the rows are side 0 and the columns side 1, both by strength.

    Args:
        G: An undirected network; edge attribute ``weight``, 1 where absent.
        lang: The language of the labels.
        communities: The community of every node; nodes of one stand together.
        size_in: Width and height, in inches.

    Raises:
        NetworkError: The labels are Korean and no font can write them.
        NetworkParameterError: A weight is not positive.
    """
    network = prepared(G)
    figure, axes = canvas(size_in)
    power = strength(network)
    group = communities or {}
    order = sorted(network, key=lambda node: (group.get(node, 0), -power[node]))
    rows, columns = order, order
    if bipartite.is_bipartite(network):
        rows = [node for node in order if network.nodes[node]["bipartite"] == 0]
        columns = [node for node in order if network.nodes[node]["bipartite"] == 1]
    if not rows or not columns:
        axes.set_axis_off()
        return figure
    weights = nx.to_numpy_array(network, nodelist=order)
    at = {node: i for i, node in enumerate(order)}
    cells = weights[np.ix_([at[node] for node in rows], [at[node] for node in columns])]
    image = axes.imshow(np.where(cells > 0, cells, np.nan), cmap="viridis_r", aspect="auto")
    weight = WORDS[lang]("chart.weight")
    figure.colorbar(image, ax=axes, shrink=0.6, label=weight)
    font = font_for([*(label(network, node, lang) for node in order), weight])
    size = max(3.0, min(8.0, 300 / max(len(rows), len(columns))))
    for axis, nodes, turn in ((axes.yaxis, rows, 0), (axes.xaxis, columns, 90)):
        names = [label(network, node, lang) for node in nodes]
        axis.set_ticks(range(len(nodes)), names, fontproperties=font, fontsize=size, rotation=turn)
    figure.axes[1].yaxis.label.set_fontproperties(font)
    return figure


def draw_ranks(
    found: Measures,
    measure: str = "strength",
    *,
    G: Graph | None = None,
    lang: Language = "ko",
    top: int = 25,
    size_in: tuple[float, float] | None = None,
) -> Figure:
    """Draw the nodes by rank, with the interval of each where there is one; ties are bracketed.

    Args:
        found: What ``measures`` returned.
        measure: The measure to rank by.
        G: The network, for the labels of its nodes.
        lang: The language of the labels.
        top: How many nodes to show.
        size_in: Width and height, in inches.

    Raises:
        NetworkError: The labels are Korean and no font can write them.
        NetworkParameterError: The measure was not computed.
    """
    if measure not in found.names:
        raise NetworkParameterError(
            f"measure={measure!r} was not computed; there are {', '.join(found.names)}"
        )
    table = found.ranks[found.ranks["measure"] == measure].head(top)
    figure, axes = canvas(size_in or (6.0, max(1.5, 0.24 * len(table) + 0.8)))
    heights = -np.arange(len(table))
    values = table["value"].to_numpy()
    names = [label(G, node, lang) for node in table["node"]]
    font = font_for(names)
    if found.resampling is not None:
        ends = np.clip(
            [values - table["low"].to_numpy(), table["high"].to_numpy() - values], 0, None
        )
        axes.errorbar(values, heights, xerr=ends, fmt="none", ecolor=_PALE, elinewidth=1.2)
    axes.scatter(values, heights, s=22, color=COLOURS[0], zorder=3)
    ranked = zip(table["rank"], table["tied"], names, strict=True)
    ticks = [f"{name}  {rank}{'=' if tied > 1 else ''}" for rank, tied, name in ranked]
    axes.set_yticks(heights, ticks, fontproperties=font, fontsize=8)
    axes.set_xlabel(measure)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return figure


def save(figure: Figure, path: Path | str, *, dpi: int = 300) -> None:
    """Write a figure as png, pdf or svg; the same figure gives the same bytes.

    Text stays text in pdf and svg (fonts are embedded as TrueType), and no date is written.

    Raises:
        NetworkParameterError: The name ends with another format.
    """
    path = Path(path)
    dates: dict[str, dict[str, None]] = {
        ".png": {"Software": None},
        ".pdf": {"CreationDate": None},
        ".svg": {"Date": None},
    }
    if path.suffix not in dates:
        raise NetworkParameterError(
            f"{path.name}: expected a name that ends with .png, .pdf or .svg"
        )
    fixed: Any = {"pdf.fonttype": 42, "svg.fonttype": "none", "svg.hashsalt": "agendagraph"}
    with mpl.rc_context(fixed):
        figure.savefig(path, dpi=dpi, metadata=dates[path.suffix])


def _colour(community: int) -> str:
    return COLOURS[min(community, len(COLOURS) - 1)]


def _lines(axes: Axes, network: Graph, place: Mapping[Any, Any]) -> None:
    """The edges, in the width of their weights."""
    edges: list[tuple[Any, Any, float]] = list(network.edges(data="weight"))
    if not edges:
        return
    weights = np.array([weight for _, _, weight in edges], dtype=np.float64)
    spread = np.ptp(weights)
    scaled = (weights - weights.min()) / spread if spread else np.zeros_like(weights)
    widths: NDArray[np.float64] = 0.4 + 2.2 * scaled
    lines = [(place[u], place[v]) for u, v, _ in edges]
    axes.add_collection(LineCollection(lines, linewidths=widths, colors=_PALE, alpha=0.5, zorder=1))


def _uncrossed(B: Graph, left: list[Any], right: list[Any]) -> list[list[Any]]:
    """Order both columns by the barycentre heuristic."""
    columns = [left, right]
    for sweep in range(8):
        fixed, moved = columns[(sweep + 1) % 2], columns[sweep % 2]
        height = {node: at / max(1, len(fixed)) for at, node in enumerate(fixed)}

        def mean(node: Any, height: dict[Any, float] = height) -> float:  # noqa: ANN401 - a node
            heights = [height[other] for other in B.adj[node]]
            return sum(sorted(heights)) / len(heights) if heights else 1.0

        columns[sweep % 2] = sorted(moved, key=mean)
    return columns
