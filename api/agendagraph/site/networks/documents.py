"""Write a network, its measures, or the sentences of an edge as one document.

Runs in a worker (`site.networks.calculation`) and knows no HTTP.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from agendagraph.errors import NetworkParameterError, UnknownNetworkError
from agendagraph.network import bipartite, exports
from agendagraph.network.attributes import normalise_value
from agendagraph.network.provenance import evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import networkx as nx

    from agendagraph.network.extraction import AgendaNetwork

_ABOUT: Final = ("network", "dataset_version", "code_version")


def network(
    made: AgendaNetwork, *, form: exports.Format, table: str, project: str | None, weight: str
) -> bytes:
    """Return the network, projected if *project* names a side."""
    shown = _projected(made, project, weight)
    if form == "csv":
        return exports.encode_table(shown, table)
    return exports.encode(shown, form)


def measures(
    made: AgendaNetwork,
    *,
    form: str,
    project: str | None,
    weight: str,
    replicates: int,
    seed: int,
) -> bytes:
    """Return the measures of the nodes and of the whole, with intervals if there are replicates."""
    from agendagraph.network import measures as measured  # noqa: PLC0415 - needs an extra

    shown = _projected(made, project, weight)
    if replicates and project is None:
        raise NetworkParameterError(
            "replicates: intervals come from drawing the events of a projection anew; "
            "give project as well",
            cause="intervals-need-a-projection",
        )
    source = made if replicates else None
    found = measured(shown, source=source, replicates=replicates or 10, seed=seed)
    labels = {
        node: [data.get("label_ko"), data.get("label_en")] for node, data in shown.nodes(data=True)
    }
    if form == "csv":
        table = found.nodes
        for at, column in enumerate(("label_ko", "label_en")):
            table.insert(at, column, [labels[node][at] for node in table.index])
        return str(table.to_csv(lineterminator="\n")).encode()
    nodes = found.nodes.reset_index().to_dict("records")
    for node in nodes:
        node["label_ko"], node["label_en"] = labels[node["node"]]
    return _json(
        {
            **_about(shown),
            "projection": shown.graph.get("projection"),
            "replicates": replicates,
            "seed": seed,
            "graph": found.graph,
            "nodes": nodes,
            "ranks": found.ranks.to_dict("records"),
        }
    )


def sentences(made: AgendaNetwork, *, ends: list[list[str]]) -> bytes:
    """Return the sentences behind an edge.

    *ends* are the names that the two ends may have, the likelier first: an address may be read
    in several ways, as the names of nodes hold slashes.

    Raises:
        UnknownNetworkError: The network has no such edge.
    """
    pairs = [pair for names in ends for pair in _pairs(made, names)]
    joined = [pair for pair in pairs if made.has_edge(*pair)]
    if not pairs:
        message = f"the network has no nodes {' and '.join(ends[0])}"
        raise UnknownNetworkError(message, cause="no-nodes", found=", ".join(ends[0]))
    if not joined:
        found_none = " – ".join(pairs[0])
        message = f"the network has no edge {found_none}"
        raise UnknownNetworkError(message, cause="no-edge", found=found_none)
    u, v = joined[0]
    found = evidence(made.source, made, u, v)
    return _json(
        {
            **_about(made),
            "source": {"node": u, **made.nodes[u]},
            "target": {"node": v, **made.nodes[v]},
            "weight": made.edges[u, v]["weight"],
            "evidence": [asdict(one) for one in found],
        }
    )


def _about(made: nx.Graph[Any]) -> dict[str, Any]:
    """Return what a network was made from."""
    about = {name: made.graph[name] for name in _ABOUT}
    return {**about, "parameters": json.loads(made.graph["parameters"])}


def _pairs(made: AgendaNetwork, names: Sequence[str]) -> list[tuple[str, str]]:
    """Return the pair of nodes with these names, if it exists; ``JPN`` is ``country/jpn``."""
    nodes = []
    for name in names:
        spellings = (name, f"country/{name.lower()}")
        nodes.append(next((node for node in spellings if node in made), None))
    u, v = nodes
    return [] if u is None or v is None else [(u, v)]


def _projected(made: AgendaNetwork, on: str | None, weight: str) -> nx.Graph[Any]:
    if on is None:
        return made
    if made and not bipartite.is_bipartite(made):
        raise NetworkParameterError(
            "project: this network has one side only, and is joined already",
            cause="one-side",
        )
    from agendagraph.network import project  # noqa: PLC0415 - needs an extra

    return project(made, on=on, weight=weight)  # type: ignore[arg-type] # checked there


def _json(document: dict[str, Any]) -> bytes:
    """Serialise a document as JSON; a number that is not finite becomes null."""
    text = json.dumps(_finite(document), ensure_ascii=False, allow_nan=False)
    return text.encode() + b"\n"


def _finite(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, dict):
        return {str(key): _finite(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_finite(one) for one in value]
    return normalise_value(value)


WRITERS: Final[dict[str, Callable[..., bytes]]] = {
    "network": network,
    "measures": measures,
    "evidence": sentences,
}
