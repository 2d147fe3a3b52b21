"""A graph behind another endpoint answers as the same graph does here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import agendagraph as ag
from agendagraph.errors import QueryStopped, StoreError
from agendagraph.store.remote import RemoteStore

if TYPE_CHECKING:
    from conftest import Peer

pytestmark = pytest.mark.peer

GOALS = """
    SELECT ?goal ?label { ?goal a agenda:Goal ; rdfs:label ?label . FILTER (LANG(?label) = "ko") }
    ORDER BY ?goal
"""


@pytest.fixture(scope="module")
def here() -> ag.KnowledgeGraph:
    return ag.open_graph()


def test_rows_are_the_same_and_korean_is_whole(peer: Peer, here: ag.KnowledgeGraph) -> None:
    there = ag.open_graph(peer.url)

    found = [row.as_dict() for row in there.select(GOALS)]
    assert found == [row.as_dict() for row in here.select(GOALS)]
    assert len(found) == 8


def test_the_default_graph_is_the_union(peer: Peer, here: ag.KnowledgeGraph) -> None:
    """Native Oxigraph has a default graph of its own, empty here; it is asked for the union."""
    count = "SELECT (COUNT(*) AS ?n) { ?s a ?type . ?s rdfs:label ?l . ?s a agenda:Country }"

    assert list(ag.open_graph(peer.url).select(count)) == list(here.select(count))


def test_a_graph_is_constructed(peer: Peer, here: ag.KnowledgeGraph) -> None:
    japan = "<https://w3id.org/agendagraph/id/country/jpn>"
    query = f"CONSTRUCT WHERE {{ {japan} ?p ?o }}"

    assert set(ag.open_graph(peer.url).query(query)) == set(here.query(query))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ag.open_graph().networks())
def test_every_network_is_the_same(peer: Peer, here: ag.KnowledgeGraph, name: str) -> None:
    there = ag.open_graph(peer.url).network(name)

    expected = here.network(name)
    assert dict(there.nodes(data=True)) == dict(expected.nodes(data=True))
    assert sorted(there.edges(data=True), key=str) == sorted(expected.edges(data=True), key=str)


def test_an_answer_that_virtuoso_cuts_is_an_error(virtuoso: Peer) -> None:
    """It sends the first rows with status 200; a header tells."""
    with pytest.raises(QueryStopped, match="20000 rows"):
        RemoteStore(virtuoso.url).query("SELECT * { ?s ?p ?o }")


def test_a_copy_has_limits(virtuoso: Peer) -> None:
    with pytest.raises(StoreError, match="at most 1,000"):
        RemoteStore(virtuoso.url).copied(most=1000)
