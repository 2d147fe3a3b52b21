"""Make networks from the graph, measure them, and say how sure one can be.

The functions below take any undirected networkx graph whose nodes have the attribute
``bipartite`` (0 or 1), not only ours; ``network`` and ``networks`` make such graphs from an
agenda. Results are plain values: frames, graphs and small frozen records.

They are imported when they are first used. Most need numpy, scipy and pandas, which the
extra ``network`` brings; without it a call says so.

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
    from agendagraph.network.backbones.backbone import Backbone, backbone
    from agendagraph.network.backbones.null_models import disparity_p_values
    from agendagraph.network.comparison import compare, compare_agendas
    from agendagraph.network.dataframes import Frames, to_frames
    from agendagraph.network.definitions import networks
    from agendagraph.network.exports import read, write
    from agendagraph.network.extraction import AgendaNetwork, network
    from agendagraph.network.figures.interactive import NetworkView, view
    from agendagraph.network.measurement.communities import (
        Communities,
        communities,
        modularity,
    )
    from agendagraph.network.measurement.measures import Measures, measures
    from agendagraph.network.measurement.structure import (
        assortativity,
        core_periphery,
        nodf,
    )
    from agendagraph.network.methods import describe
    from agendagraph.network.projection import EdgeTable, project
    from agendagraph.network.provenance import evidence

__all__ = [
    "AgendaNetwork",
    "Backbone",
    "Communities",
    "EdgeTable",
    "Frames",
    "Measures",
    "NetworkView",
    "assortativity",
    "backbone",
    "communities",
    "compare",
    "compare_agendas",
    "core_periphery",
    "describe",
    "disparity_p_values",
    "evidence",
    "measures",
    "modularity",
    "network",
    "networks",
    "nodf",
    "project",
    "read",
    "to_frames",
    "view",
    "write",
]

_HOME: Final = {
    "AgendaNetwork": "extraction",
    "Backbone": "backbones.backbone",
    "Communities": "measurement.communities",
    "EdgeTable": "projection",
    "Frames": "dataframes",
    "Measures": "measurement.measures",
    "NetworkView": "figures.interactive",
    "assortativity": "measurement.structure",
    "backbone": "backbones.backbone",
    "communities": "measurement.communities",
    "compare": "comparison",
    "compare_agendas": "comparison",
    "core_periphery": "measurement.structure",
    "describe": "methods",
    "disparity_p_values": "backbones.null_models",
    "evidence": "provenance",
    "measures": "measurement.measures",
    "modularity": "measurement.communities",
    "network": "extraction",
    "networks": "definitions",
    "nodf": "measurement.structure",
    "project": "projection",
    "read": "exports",
    "to_frames": "dataframes",
    "view": "figures.interactive",
    "write": "exports",
}
"""The module that each public name lives in; a name and a module are never called alike."""


def __getattr__(name: str) -> object:
    """Import the module of a public name when the name is first used."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = require(f"{__name__}.{_HOME[name]}", f"agendagraph.network.{name}")
    found: object = getattr(module, name)
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
