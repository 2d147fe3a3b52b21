"""Extract networks from the graph, project and measure them, and quantify uncertainty.

The functions take any undirected networkx graph whose nodes have the attribute ``bipartite``
(0 or 1); ``network`` extracts such graphs from an agenda. Results are data frames, graphs and
frozen dataclasses.

A function is imported when it is first used. Most need numpy, scipy and pandas, which the
extra ``network`` installs; without it a call raises `MissingExtraError`.

>>> import networkx as nx
>>> from agendagraph.network import backbone, project
>>> women = nx.davis_southern_women_graph()
>>> project(women, on=0)["Evelyn Jefferson"]["Theresa Anderson"]["weight"]
7
>>> backbone(women, on=0).n_kept  # zero edges is an answer
0
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agendagraph.network.extras import require

if TYPE_CHECKING:
    from agendagraph.network.backbones.backbone import Backbone as Backbone
    from agendagraph.network.backbones.backbone import backbone as backbone
    from agendagraph.network.backbones.null_models import disparity_p_values as disparity_p_values
    from agendagraph.network.comparison import compare as compare
    from agendagraph.network.comparison import compare_agendas as compare_agendas
    from agendagraph.network.dataframes import Frames as Frames
    from agendagraph.network.dataframes import to_frames as to_frames
    from agendagraph.network.definitions import networks as networks
    from agendagraph.network.exports import read as read
    from agendagraph.network.exports import write as write
    from agendagraph.network.extraction import AgendaNetwork as AgendaNetwork
    from agendagraph.network.extraction import network as network
    from agendagraph.network.figures.interactive import NetworkView as NetworkView
    from agendagraph.network.figures.interactive import view as view
    from agendagraph.network.measurement.communities import Communities as Communities
    from agendagraph.network.measurement.communities import communities as communities
    from agendagraph.network.measurement.communities import modularity as modularity
    from agendagraph.network.measurement.measures import Measures as Measures
    from agendagraph.network.measurement.measures import measures as measures
    from agendagraph.network.measurement.structure import assortativity as assortativity
    from agendagraph.network.measurement.structure import core_periphery as core_periphery
    from agendagraph.network.measurement.structure import nodf as nodf
    from agendagraph.network.methods import describe as describe
    from agendagraph.network.projection import EdgeTable as EdgeTable
    from agendagraph.network.projection import project as project
    from agendagraph.network.provenance import evidence as evidence

_NAMES: Final = {
    "backbones.backbone": ("Backbone", "backbone"),
    "backbones.null_models": ("disparity_p_values",),
    "comparison": ("compare", "compare_agendas"),
    "dataframes": ("Frames", "to_frames"),
    "definitions": ("networks",),
    "exports": ("read", "write"),
    "extraction": ("AgendaNetwork", "network"),
    "figures.interactive": ("NetworkView", "view"),
    "measurement.communities": ("Communities", "communities", "modularity"),
    "measurement.measures": ("Measures", "measures"),
    "measurement.structure": ("assortativity", "core_periphery", "nodf"),
    "methods": ("describe",),
    "projection": ("EdgeTable", "project"),
    "provenance": ("evidence",),
}
"""The modules of the public names; a name and a module are never called alike."""

_HOME: Final = {name: module for module, names in _NAMES.items() for name in names}

__all__ = sorted(_HOME)  # noqa: PLE0605 - a list


def __getattr__(name: str) -> object:
    """Import the module of a public name when the name is first used."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = require(f"{__name__}.{_HOME[name]}", f"agendagraph.network.{name}")
    found: object = getattr(module, name)
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
