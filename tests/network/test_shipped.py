"""Each network can be made from the graph that we ship, here and over SPARQL's protocol."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import networkx as nx
import pyoxigraph as ox
import pytest

from agendagraph.knowledge import open_graph
from agendagraph.network import backbone, measures, network, networks, project
from agendagraph.store import load_shipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agendagraph.knowledge import KnowledgeGraph


@pytest.fixture(scope="module")
def shipped() -> KnowledgeGraph:
    return open_graph()


@pytest.fixture(scope="module")
def remote() -> Iterator[KnowledgeGraph]:
    """The shipped graph behind an endpoint on loopback."""
    store = ox.Store()
    load_shipped(store)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            answer: Any = store.query(parse_qs(body)["query"][0], use_default_graph_as_union=True)
            data = answer.serialize(format=ox.QueryResultsFormat.JSON)
            self.send_response(200)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield open_graph(f"http://127.0.0.1:{server.server_port}/sparql")
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("name", networks())
def test_each_network_has_edges_and_labels(shipped: KnowledgeGraph, name: str) -> None:
    made = network(shipped, name)

    assert made.number_of_edges() > 0
    for node, data in made.nodes(data=True):
        assert data["label_ko"], node
        assert data["label_en"], node
        assert data["kind"], node
    for u, v, data in made.edges(data=True):
        assert data["weight"] > 0
        assert data["n_evidence"] == len(data["evidence"].split()) > 0, (u, v)


@pytest.mark.parametrize("name", [name for name in networks() if name != "shared-memberships"])
def test_every_edge_has_its_sentences_in_both_languages(shipped: KnowledgeGraph, name: str) -> None:
    made = network(shipped, name)

    for u, v, data in list(made.edges(data=True))[:20]:
        found = made.evidence(u, v)
        assert len(found) == data["n_evidence"]
        assert all(one.text_ko and one.text_en and one.goal for one in found)
        assert all(0 <= one.start < one.end for one in found)


@pytest.mark.parametrize("level", ["commitment", "item", "goal"])
def test_engaged_together_is_the_projection(shipped: KnowledgeGraph, level: str) -> None:
    joined = network(shipped, "counterparts-together", level=level)
    projected = project(network(shipped, f"counterpart-{level}"))

    weights = {frozenset((u, v)): w for u, v, w in projected.edges(data="weight")}
    assert {frozenset((u, v)): w for u, v, w in joined.edges(data="weight")} == weights


@pytest.mark.parametrize("name", ["counterpart-goal", "counterpart-commitment", "goals-by-theme"])
def test_an_endpoint_gives_the_same_network(
    shipped: KnowledgeGraph, remote: KnowledgeGraph, name: str
) -> None:
    here, there = network(shipped, name), network(remote, name)

    assert nx.utils.graphs_equal(here, there)
    u, v = next(iter(here.edges))
    assert there.evidence(u, v) == here.evidence(u, v)


def test_more_ties_are_there_as_memberships_grow(shipped: KnowledgeGraph) -> None:
    """Timor-Leste joined the WTO in 2024, the United Kingdom the CPTPP.

    Of goal 4 only: goal 1 works through the Security Council, whose members change each year.
    """
    goal = "agenda/kr-mofa-2022/g4"

    def ties(on: str) -> dict[frozenset[str], float]:
        made = network(shipped, "counterpart-goal", expand="memberships", kinds="Country", on=on)
        return {frozenset((u, v)): weight for u, v, weight in made.edges(goal, data="weight")}

    before, after = ties("2022-07-26"), ties("2026-01-01")
    assert set(before) < set(after)
    assert frozenset((goal, "country/tls")) in set(after) - set(before)
    assert after[frozenset((goal, "country/gbr"))] > before[frozenset((goal, "country/gbr"))]
    assert not any("country/kor" in tie for tie in after)


def test_the_whole_way_from_graph_to_statistics(shipped: KnowledgeGraph) -> None:
    """Commitments carry goal and item, so the bootstrap can draw them and join by goal."""
    source = network(shipped, "counterpart-commitment")
    joined = network(shipped, "counterparts-together", level="goal")

    found = measures(joined, names=["strength"], source=source, level="goal", replicates=20)

    assert len(found.nodes) == len(joined)
    assert (found.ranks["low"] <= found.ranks["high"]).all()
    assert backbone(source).n_tested == backbone(source).edges.shape[0]
