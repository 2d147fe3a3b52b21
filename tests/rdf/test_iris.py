"""An IRI is a pure function of its parts: ASCII, lower case, or an error."""

import pytest

from agendagraph.rdf import iris

BASE = "https://w3id.org/agendagraph/"


@pytest.mark.parametrize(
    "path",
    [
        "country/jpn",
        "organization/apec",
        "country-group/jpn-kor-usa",
        "region/m49-143",
        "body/kr/mofa",
        "event/expo-2030",
        "membership/apec/jpn",
        "membership/apec/jpn/2",
        "unnamed-actor/major-powers",
        "capture/kr-mofa-2022",
    ],
)
def test_a_thing_keeps_its_path(path: str) -> None:
    assert iris.thing(path).value == f"{BASE}id/{path}"


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("country/JPN", id="upper case"),
        pytest.param("country/일본", id="Hangul"),
        pytest.param("country/japan", id="a country is three letters"),
        pytest.param("planet/mars", id="an unknown kind"),
        pytest.param("organization/", id="no identifier"),
        pytest.param("organization/a--b", id="two hyphens"),
        pytest.param("organization/a b", id="a space"),
        pytest.param("organization/a/b", id="a slash too many"),
        pytest.param("organization/apec\n", id="a line end behind it"),
        pytest.param("membership/apec/jpn/0", id="a period zero"),
        pytest.param("body/mofa", id="a body without its country"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_bad_thing_is_an_error_that_names_it(path: str) -> None:
    with pytest.raises(ValueError, match="no IRI for") as caught:
        iris.thing(path)

    assert repr(path) in str(caught.value)


@pytest.mark.parametrize(
    "path",
    [
        "g1",
        "g10/objectives",
        "g1/o1",
        "g1/c2",
        "g1/c2/lead",
        "g1/c2/a2",
        "g3/c4/r1",
        "g3/c4/r1/a1",
        "g1/e2",
        "g8/n1",
    ],
)
def test_an_element_is_named_by_its_path(path: str) -> None:
    iri = iris.element("kr-mofa-2022", path)

    assert iri.value == f"{BASE}id/agenda/kr-mofa-2022/{path}"


@pytest.mark.parametrize("path", ["", "g0", "g1/", "g1/c01", "g1/a1", "g1/lead", "g1/n1/a1", "G1"])
def test_a_bad_element_is_an_error(path: str) -> None:
    with pytest.raises(ValueError, match="no IRI"):
        iris.element("kr-mofa-2022", path)


def test_coded_nodes_stand_below_their_element() -> None:
    node = iris.coded("kr-mofa-2022", "g1/c2/a2/k1/x10")

    assert node.value == f"{BASE}id/agenda/kr-mofa-2022/g1/c2/a2/k1/x10"


@pytest.mark.parametrize("path", ["k1/x1", "g1/c2/a2/y1", "g1/c2/a2/k0", ""])
def test_a_bad_coded_node_is_an_error(path: str) -> None:
    with pytest.raises(ValueError, match="no IRI"):
        iris.coded("kr-mofa-2022", path)


def test_concepts_stand_below_their_scheme() -> None:
    assert iris.concept("stance", "deepening").value == f"{BASE}scheme/stance/deepening"


def test_graphs_are_named_by_what_they_hold() -> None:
    assert iris.graph("world").value == f"{BASE}graph/world"
    assert iris.graph("kr-mofa-2022", "analysis").value == f"{BASE}graph/kr-mofa-2022/analysis"


@pytest.mark.parametrize("parts", [(), ("a", "b"), ("a", "document", "c"), ("World",)])
def test_a_bad_graph_is_an_error(parts: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"no graph|no IRI"):
        iris.graph(*parts)
