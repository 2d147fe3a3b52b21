"""A network is what its query says, its parameters are checked, and its edges have sentences.

The agenda of small.ttl is made to be checked by eye; its comment lists who is engaged where.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import networkx as nx
import pytest

from agendagraph import __version__
from agendagraph.errors import NetworkParameterError, UnknownNetworkError
from agendagraph.network import evidence, network, networks, project
from agendagraph.network.definitions import DEFINITIONS
from agendagraph.network.query_templates import fill, iri, text

if TYPE_CHECKING:
    from agendagraph.knowledge import KnowledgeGraph

JPN, PRK, CHN = "country/jpn", "country/prk", "country/chn"
USA, KOR, LAO, TLS = "country/usa", "country/kor", "country/lao", "country/tls"
TRIO, ASEAN = "country-group/jpn-kor-usa", "organization/asean"
G1, G2 = "agenda/small/g1", "agenda/small/g2"
PLACE = "https://w3id.org/agendagraph/id/agenda/small/"


def weights(graph: nx.Graph[Any]) -> dict[frozenset[str], float]:
    return {frozenset((u, v)): weight for u, v, weight in graph.edges(data="weight")}


def pairs(*edges: tuple[str, str, float]) -> dict[frozenset[str], float]:
    return {frozenset((u, v)): weight for u, v, weight in edges}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(
            "counterpart-goal",
            pairs(
                (TRIO, G1, 1),
                (JPN, G1, 2),
                (PRK, G1, 1),
                (ASEAN, G1, 1),
                (CHN, G2, 1),
                (JPN, G2, 1),
            ),
            id="counterpart-goal",
        ),
        pytest.param(
            "counterpart-item",
            pairs(
                (TRIO, f"{G1}/c1", 1),
                (JPN, f"{G1}/c1", 2),
                (PRK, f"{G1}/c1", 1),
                (ASEAN, f"{G1}/c1", 1),
                (CHN, f"{G2}/o1", 1),
                (JPN, f"{G2}/o1", 1),
            ),
            id="counterpart-item",
        ),
        pytest.param(
            "counterpart-commitment",
            pairs(
                (TRIO, f"{G1}/c1/a1/k1", 1),
                (JPN, f"{G1}/c1/a1/k1", 1),
                (PRK, f"{G1}/c1/a1/k2", 1),
                (JPN, f"{G1}/c1/a2/k1", 1),
                (ASEAN, f"{G1}/c1/a2/k1", 1),
                (JPN, f"{G2}/o1/k1", 1),
                (CHN, f"{G2}/o1/k1", 1),
            ),
            id="counterpart-commitment",
        ),
        pytest.param(
            "counterpart-theme",
            pairs(
                (TRIO, "theme/alliance", 1),
                (JPN, "theme/alliance", 1.5),
                (JPN, "theme/trade", 1.5),
                (PRK, "theme/sanctions", 1),
                (ASEAN, "theme/alliance", 0.5),
                (ASEAN, "theme/trade", 0.5),
                (CHN, "theme/trade", 1),
            ),
            id="counterpart-theme",
        ),
        pytest.param(
            "counterparts-together",
            pairs((TRIO, JPN, 1), (JPN, ASEAN, 1), (JPN, CHN, 1)),
            id="counterparts-together",
        ),
        pytest.param(
            "shared-memberships",
            pairs((LAO, TLS, 1), (LAO, PRK, 1), (PRK, TLS, 1)),
            id="shared-memberships",
        ),
        pytest.param(
            "ministry-goal",
            pairs(("body/kr/mofa", G1, 1), ("body/kr/mofa", G2, 1)),
            id="ministry-goal",
        ),
        pytest.param("goals-by-counterpart", pairs((G1, G2, 1)), id="goals-by-counterpart"),
        pytest.param("goals-by-theme", pairs((G1, G2, 1)), id="goals-by-theme"),
    ],
)
def test_each_network_of_the_catalogue(
    small: KnowledgeGraph, name: str, expected: dict[frozenset[str], float]
) -> None:
    assert weights(network(small, name)) == expected


def test_the_catalogue_is_complete(small: KnowledgeGraph) -> None:
    """Each query file belongs to the catalogue, and the graph lists the same names."""
    assert networks() == list(DEFINITIONS) == small.networks()
    for entry in DEFINITIONS.values():
        assert text(entry.query).startswith("#+ title: ")
        assert entry.title_ko != entry.title_en


@pytest.mark.parametrize("level", ["item", "goal"])
def test_engaged_together_is_the_projection(small: KnowledgeGraph, level: str) -> None:
    """The store's self-join counts what our projection counts."""
    made = network(small, "counterparts-together", level=level)
    projected = project(network(small, f"counterpart-{level}"))

    assert weights(made) == weights(projected)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        pytest.param({"roles": "pressure-target"}, {PRK}, id="one role"),
        pytest.param({"roles": ["context"]}, {CHN}, id="context, which is left out by default"),
        pytest.param({"stances": ["deepening"]}, {JPN}, id="a stance"),
        pytest.param({"explicitness": ["named"]}, {JPN, CHN, ASEAN}, id="called by name"),
        pytest.param({"kinds": "Organization"}, {ASEAN}, id="a kind"),
        pytest.param({"counterparts": ["PRK", "country/chn"]}, {PRK, CHN}, id="counterparts"),
        pytest.param({"include_self": True}, {JPN, PRK, CHN, TRIO, ASEAN, KOR}, id="with Korea"),
        pytest.param(
            {"expand": "groups", "kinds": "Country"}, {JPN, PRK, CHN, USA}, id="groups expanded"
        ),
        pytest.param(
            {"expand": "memberships", "kinds": "Country"},
            {JPN, PRK, CHN, USA, LAO},
            id="members on the agenda's date; an observer is none",
        ),
        pytest.param(
            {"expand": "memberships", "kinds": "Country", "on": "2026-01-01"},
            {JPN, PRK, CHN, USA, LAO, TLS},
            id="members on a later date",
        ),
        pytest.param({"agendas": "small"}, {JPN, PRK, CHN, TRIO, ASEAN}, id="an agenda"),
    ],
)
def test_parameters_choose_counterparts(
    small: KnowledgeGraph, parameters: dict[str, Any], expected: set[str]
) -> None:
    made = network(small, "counterpart-goal", **parameters)

    assert {node for node, side in made.nodes(data="bipartite") if side == 0} == expected


def test_themes_and_organizations_choose_too(small: KnowledgeGraph) -> None:
    themes = network(small, "counterpart-theme", themes=["sanctions"])
    shared = network(small, "goals-by-theme", themes=["sanctions"])
    asean = network(small, "shared-memberships", organizations="asean", on="2025-10-26")

    assert weights(themes) == pairs((PRK, "theme/sanctions", 1))
    assert len(shared) == 0
    assert weights(asean) == pairs((LAO, TLS, 1))


def test_the_last_day_of_a_membership_counts(small: KnowledgeGraph) -> None:
    """Timor-Leste joins on 2025-10-26: not the day before."""
    before = network(small, "shared-memberships", organizations="asean", on="2025-10-25")

    assert len(before) == 0


def test_attributes_are_plain_and_complete(small: KnowledgeGraph) -> None:
    made = network(small, "counterpart-commitment")

    assert made.nodes[JPN] == {
        "iri": "https://w3id.org/agendagraph/id/country/jpn",
        "iso3": "JPN",
        "kind": "Country",
        "label_ko": "일본",
        "label_en": "Japan",
        "region": "region/eastern-asia",
        "goal": "",
        "item": "",
        "bipartite": 0,
    }
    commitment = made.nodes[f"{G1}/c1/a1/k1"]
    assert (commitment["goal"], commitment["item"]) == (G1, f"{G1}/c1")
    assert made.edges[JPN, f"{G1}/c1/a1/k1"] == {
        "weight": 1,
        "n_evidence": 1,
        "evidence": f"{PLACE}g1/c1/a1",
    }
    plain = (str, int, float)
    for _, data in [*made.nodes(data=True), *((0, d) for *_, d in made.edges(data=True))]:
        assert all(isinstance(value, plain) for value in data.values())
    assert list(made) == sorted(made)


def test_the_graph_says_how_it_was_made(small: KnowledgeGraph) -> None:
    made = network(small, "counterparts-together", level="goal", roles=["ally"])

    assert made.graph["network"] == "counterparts-together"
    assert made.graph["dataset_version"] == "0.1.0"
    assert made.graph["code_version"] == __version__
    assert made.graph["seed"] == 0
    assert json.loads(made.graph["parameters"]) == {
        "expand": "none",
        "include_self": False,
        "level": "goal",
        "roles": ["ally"],
    }


def test_an_edge_has_its_sentences(small: KnowledgeGraph) -> None:
    made = network(small, "counterpart-goal")

    first, second = made.evidence(JPN, G1)

    assert first.text_ko == "한미일 공조 강화, 대북 제재 이행"
    assert first.text_en == "Strengthen trilateral coordination; implement sanctions"
    assert (first.goal, first.goal_ko, first.goal_en) == (G1, "목표 하나", "Goal one")
    assert (first.start, first.end) == (40, 58)
    assert (second.element, second.start) == (f"{PLACE}g1/c1/a2", -1)


def test_evidence_of_a_membership_is_its_organisation(small: KnowledgeGraph) -> None:
    made = network(small, "shared-memberships")

    (found,) = made.evidence(LAO, TLS)

    assert (found.text_ko, found.text_en) == ("유엔", "United Nations")


def test_copies_keep_the_way_to_the_sentences(small: KnowledgeGraph) -> None:
    made = network(small, "counterpart-goal")

    assert made.copy().evidence(JPN, G2) == made.evidence(JPN, G2)


def test_evidence_that_is_not_there(small: KnowledgeGraph) -> None:
    made = network(small, "counterpart-goal")
    bare = nx.Graph([("a", "b")])

    with pytest.raises(UnknownNetworkError, match="no node 'country/xyz'"):
        made.evidence("country/xyz", G1)
    with pytest.raises(UnknownNetworkError, match="no edge"):
        made.evidence(CHN, G1)
    with pytest.raises(NetworkParameterError, match="not made from a graph"):
        evidence(None, made, JPN, G1)
    with pytest.raises(NetworkParameterError, match="no attribute 'evidence'"):
        evidence(small, bare, "a", "b")


def test_nothing_that_fits_is_an_empty_network(small: KnowledgeGraph) -> None:
    made = network(small, "counterpart-goal", roles="ally", stances="pressuring")

    assert (len(made), made.number_of_edges()) == (0, 0)
    assert made.graph["network"] == "counterpart-goal"


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        pytest.param("counterpart-goal", {"level": "goal"}, "no parameter 'level'", id="another's"),
        pytest.param(
            "counterparts-together", {"level": "page"}, "commitment, item, goal", id="level"
        ),
        pytest.param("counterpart-goal", {"roles": ["frend"]}, "no 'frend'", id="role"),
        pytest.param("counterpart-goal", {"roles": []}, "is empty", id="no role"),
        pytest.param("counterpart-goal", {"roles": 3}, "expected a name", id="a number for a role"),
        pytest.param("counterpart-goal", {"stances": "angry"}, "no 'angry'", id="stance"),
        pytest.param("counterpart-goal", {"kinds": "Planet"}, "no 'Planet'", id="kind"),
        pytest.param("counterpart-goal", {"counterparts": "XKX"}, "no 'XKX'", id="country"),
        pytest.param("counterpart-theme", {"themes": "tourism"}, "no 'tourism'", id="theme"),
        pytest.param("counterpart-goal", {"agendas": "kr-2099"}, "no 'kr-2099'", id="agenda"),
        pytest.param(
            "shared-memberships", {"organizations": "nato"}, "no 'nato'", id="organisation"
        ),
        pytest.param("counterpart-goal", {"expand": "all"}, "memberships", id="expansion"),
        pytest.param("counterpart-goal", {"include_self": "yes"}, "True or False", id="self"),
        pytest.param("shared-memberships", {"on": "July"}, "such as 2022-07-26", id="no date"),
        pytest.param("shared-memberships", {"on": "2022-02-30"}, "such as", id="no such day"),
        pytest.param("shared-memberships", {"on": "1900-01-01"}, "from 1955-12-14", id="too early"),
        pytest.param("shared-memberships", {"on": "2099-01-01"}, "to 2026-11-22", id="too late"),
    ],
)
def test_bad_parameters_are_refused(
    small: KnowledgeGraph, name: str, parameters: dict[str, Any], message: str
) -> None:
    with pytest.raises(NetworkParameterError, match=message):
        network(small, name, **parameters)


def test_an_unknown_network_is_refused_with_the_nearest(small: KnowledgeGraph) -> None:
    with pytest.raises(UnknownNetworkError, match="did you mean counterpart-goal"):
        network(small, "counterpart-goals")


def test_values_are_written_safely() -> None:
    """What comes from a caller cannot leave its place in the query."""
    with pytest.raises(NetworkParameterError, match="expected an IRI"):
        iri("https://example.org/> } DROP ALL #")
    with pytest.raises(KeyError, match="no VALUES block"):
        fill("nodes.rq", {"nothing": []})
