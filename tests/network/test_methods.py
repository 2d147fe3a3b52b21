"""The methods paragraph says what was done, with parameters, versions and references."""


# ruff: noqa: ANN401 - parametrised values and fixtures are of several types

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import networkx as nx
import pytest

from agendagraph import __version__
from agendagraph.errors import NetworkParameterError
from agendagraph.network import (
    backbone,
    communities,
    compare,
    compare_agendas,
    describe,
    measures,
    network,
    project,
)
from agendagraph.network.methods import REFERENCES

if TYPE_CHECKING:
    from agendagraph.knowledge import KnowledgeGraph


@pytest.fixture
def results(women: nx.Graph[Any]) -> list[Any]:
    made = project(women, on=0, weight="newman")
    return [
        made,
        backbone(women, on=0, alpha=0.01),
        backbone(women, on=0, model="disparity", correction=None),
        measures(made, names=["betweenness"], source=women, replicates=10, seed=4),
        communities(made, seed=9, runs=3, nulls=3),
        compare({"a": made, "b": made}),
        compare_agendas(women, women, on=0, permutations=5),
    ]


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_parameters_results_and_versions_are_told(results: list[Any], lang: Any) -> None:
    text = describe(*results, lang=lang)

    for told in ("18", "139", "SDSM", "0.01", "153", "betweenness", "95%", "Louvain", "Newman"):
        assert told in text, told
    for told in (f"Agendagraph {__version__}", f"networkx {nx.__version__}", "Benjamini"):
        assert told in text, told
    assert ("시드 9" if lang == "ko" else "seed 9") in text


def test_each_language_is_one_language(results: list[Any]) -> None:
    english = describe(*results, lang="en")
    korean = describe(*results, lang="ko").partition("\n")[0]

    assert not re.search("[가-힣]", english)
    assert not re.search(r"\b(the|and|was|were|of)\b", korean)


def test_an_extracted_network_names_its_query(small: KnowledgeGraph) -> None:
    text = describe(network(small, "counterpart-goal", roles="ally"), lang="en")

    assert "“counterpart-goal”" in text
    assert '"roles": ["ally"]' in text


def test_references_are_complete() -> None:
    """Each has a year and, but for the proceedings without one, a link."""
    for key, work in REFERENCES.items():
        assert re.search(r"\((19|20)\d\d\)", work), key
        assert "https://doi.org/" in work or key == "networkx", key


def test_what_is_cited_is_listed_and_nothing_else(women: nx.Graph[Any]) -> None:
    text = describe(project(women, on=0, weight="newman"), lang="en")

    assert REFERENCES["newman2001"] in text
    assert REFERENCES["neal2014"] not in text


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(NetworkParameterError, match="ko or en"):
        describe(nx.Graph(), lang="fr")  # type: ignore[arg-type]
    with pytest.raises(NetworkParameterError, match="at least one"):
        describe()
    with pytest.raises(NetworkParameterError, match="a dict is neither"):
        describe({})
