"""Networks over HTTP are those of the library, and are described truly."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from agendagraph.knowledge import open_graph
from agendagraph.namespaces import NS
from agendagraph.network import measures, project, read
from agendagraph.network.definitions import DEFINITIONS
from agendagraph.network.exports import encode
from agendagraph.server.updates.transfer import rdf_files

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx
    from conftest import Server

    from agendagraph.knowledge import KnowledgeGraph
    from agendagraph.network.exports import Format

SMALL = Path(__file__).parents[1] / "network" / "small.ttl"
TOGETHER = "/api/networks/counterparts-together"


@pytest.fixture(scope="module")
def small() -> KnowledgeGraph:
    return open_graph(SMALL)


@pytest.fixture(scope="module")
def served(start_server: Callable[..., Server]) -> Server:
    return start_server("--store", SMALL)


def get(server: Server, path: str, **headers: str) -> httpx.Response:
    return server.client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})


def test_the_catalogue_lists_every_network(served: Server) -> None:
    answer = get(served, "/api/networks")

    listed = {one["name"]: one for one in answer.json()["networks"]}
    assert list(listed) == list(DEFINITIONS)
    assert all(listed[name]["parameters"] == list(DEFINITIONS[name].parameters) for name in listed)
    assert all(one["title"]["ko"] and one["title"]["en"] for one in listed.values())
    assert all(get(served, one["href"]).status_code in (200, 400) for one in listed.values())


@pytest.mark.parametrize(
    ("name", "query", "parameters"),
    [
        pytest.param("counterpart-goal", "", {}, id="as it is"),
        pytest.param("counterparts-together", "?level=item", {"level": "item"}, id="level"),
        pytest.param(
            "counterpart-item",
            "?kinds=Country,Organization&roles=cooperation-partner&include_self=true",
            {
                "kinds": ["Country", "Organization"],
                "roles": ["cooperation-partner"],
                "include_self": True,
            },
            id="several names",
        ),
        pytest.param(
            "counterpart-goal",
            "?expand=memberships&on=2022-07-26&kinds=Country&kinds=Region",
            {"expand": "memberships", "on": "2022-07-26", "kinds": ["Country", "Region"]},
            id="a date, and a repeated name",
        ),
    ],
)
def test_a_network_is_the_library_s(
    served: Server, small: KnowledgeGraph, name: str, query: str, parameters: dict[str, Any]
) -> None:
    answer = get(served, f"/api/networks/{name}{query}")

    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.content == encode(small.network(name, **parameters), "json")


@pytest.mark.parametrize(
    ("form", "media_type"),
    [
        ("json", "application/json"),
        ("graphml", "application/graphml+xml"),
        ("gexf", "application/gexf+xml"),
        ("csv", "text/csv"),
    ],
)
def test_the_format_is_named_or_accepted(
    served: Server, small: KnowledgeGraph, form: Format, media_type: str
) -> None:
    expected = encode(small.network("counterparts-together"), form)

    for answer in (
        get(served, f"{TOGETHER}?format={form}", Accept="text/html"),
        get(served, TOGETHER, Accept=f"{media_type}, */*;q=0.1"),
    ):
        assert answer.headers["content-type"].partition(";")[0] == media_type
        assert "accept" in answer.headers["vary"].lower()
        assert answer.content == expected


def test_a_file_that_was_fetched_reads_back(served: Server, tmp_path: Path) -> None:
    file = tmp_path / "net.gexf"

    file.write_bytes(get(served, f"{TOGETHER}?format=gexf").content)

    assert read(file).number_of_edges() > 0


def test_csv_has_two_tables(served: Server, small: KnowledgeGraph) -> None:
    network = small.network("counterparts-together")

    nodes = get(served, f"{TOGETHER}?format=csv&table=nodes").text
    edges = get(served, f"{TOGETHER}?format=csv").text

    assert [row["node"] for row in csv.DictReader(io.StringIO(nodes))] == list(network)
    assert len(list(csv.DictReader(io.StringIO(edges)))) == network.number_of_edges()


def test_measures_are_the_library_s(served: Server, small: KnowledgeGraph) -> None:
    path = "/api/networks/counterpart-commitment/measures?project=counterpart&weight=newman"

    measured = get(served, path).json()

    expected = measures(project(small.network("counterpart-commitment"), weight="newman"))
    found = {node["node"]: node["strength"] for node in measured["nodes"]}
    assert found == pytest.approx(expected.nodes["strength"].to_dict())
    assert measured["graph"]["density"] == pytest.approx(expected.graph["density"])
    assert {"label_ko", "label_en"} <= set(measured["nodes"][0])
    assert all(row["low"] is None for row in measured["ranks"]) or "low" not in measured["ranks"][0]


def test_replicates_give_intervals(served: Server) -> None:
    path = "/api/networks/counterpart-commitment/measures?project=counterpart&replicates=20&seed=3"

    measured = get(served, path).json()

    assert (measured["replicates"], measured["seed"]) == (20, 3)
    assert all(row["low"] <= row["high"] for row in measured["ranks"])


@pytest.mark.parametrize(
    "ends",
    [
        pytest.param("country%2Fjpn/country%2Fprk", id="slashes written %2F"),
        pytest.param("country/jpn/country/prk", id="slashes as they are"),
        pytest.param("JPN/prk", id="codes of countries"),
        pytest.param("country%2Fprk/country%2Fjpn", id="the other way round"),
    ],
)
def test_an_edge_has_its_sentences(served: Server, small: KnowledgeGraph, ends: str) -> None:
    evidence = get(served, f"{TOGETHER}/edges/{ends}/evidence?level=item").json()

    network = small.network("counterparts-together", level="item")
    expected = network.evidence("country/jpn", "country/prk")  # type: ignore[attr-defined]
    assert {evidence["source"]["node"], evidence["target"]["node"]} == {
        "country/jpn",
        "country/prk",
    }
    assert evidence["weight"] == network.edges["country/jpn", "country/prk"]["weight"]
    assert [one["text_ko"] for one in evidence["evidence"]] == [one.text_ko for one in expected]
    assert all(one["goal_ko"] for one in evidence["evidence"])


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        pytest.param(f"{TOGETHER}r", 404, "did you mean counterparts-together", id="network"),
        pytest.param(f"{TOGETHER}?level=bullet", 400, "'commitment', 'item', 'goal'", id="level"),
        pytest.param(f"{TOGETHER}?levl=item", 400, "levl", id="misspelt parameter"),
        pytest.param(f"{TOGETHER}?themes=peace", 400, "has no parameter", id="another's parameter"),
        pytest.param(f"{TOGETHER}?counterparts=XXX", 400, "there is no 'XXX'", id="country"),
        pytest.param(f"{TOGETHER}?on=soon", 400, "date", id="date"),
        pytest.param(f"{TOGETHER}?on=1900-01-01", 400, "are known from", id="date out of range"),
        pytest.param(f"{TOGETHER}?project=counterpart", 400, "one side only", id="projection"),
        pytest.param(f"{TOGETHER}?format=docx", 400, "json", id="format"),
        pytest.param(f"{TOGETHER}/measures?replicates=20", 400, "project", id="replicates alone"),
        pytest.param(f"{TOGETHER}/measures?replicates=5000", 400, "2000", id="too many draws"),
        pytest.param(
            f"{TOGETHER}/edges/jpn/atlantis/evidence", 404, "no nodes jpn and atlantis", id="node"
        ),
        pytest.param(
            f"{TOGETHER}/edges/chn/organization%2Fasean/evidence", 404, "no edge", id="edge"
        ),
        pytest.param(f"{TOGETHER}/edges/jpn/evidence", 400, "two nodes", id="one end"),
        pytest.param(
            f"{TOGETHER}/edges/jpn/prk", 404, "no page and no data at", id="half an address"
        ),
        pytest.param(
            f"{TOGETHER}?roles=%22%7D%20UNION%20%7B", 400, "there is no", id="an injected role"
        ),
    ],
)
def test_what_is_wrong_is_a_problem_in_both_languages(
    served: Server, path: str, status: int, words: str
) -> None:
    answer = get(served, path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.json()["detail"]
    assert set(answer.json()["message"]) == {"ko", "en"}


def test_nothing_that_the_client_accepts(served: Server) -> None:
    assert get(served, TOGETHER, Accept="image/png").status_code == 406


@pytest.mark.parametrize("path", ["/api/networks", TOGETHER, f"{TOGETHER}/measures"])
def test_the_tag_saves_the_transfer(served: Server, path: str) -> None:
    first = get(served, path)

    again = get(served, path, If_None_Match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert get(served, path, If_None_Match='"other"').status_code == 200


@pytest.mark.parametrize("path", ["/api/networks", TOGETHER, "/api/openapi.json"])
def test_head_is_get_without_a_body(served: Server, path: str) -> None:
    head, whole = served.client.head(path), get(served, path)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]


def test_other_methods_are_refused(served: Server) -> None:
    answer = served.client.post(TOGETHER)

    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


def test_other_origins_may_read(served: Server) -> None:
    for path in (TOGETHER, f"{TOGETHER}r"):
        assert get(served, path).headers["access-control-allow-origin"] == "*"


def test_the_description_is_whole_and_true(served: Server) -> None:
    document = get(served, "/api/openapi.json").json()

    root = "/api/networks"
    paths = {path: item for path, item in document["paths"].items() if path.startswith(root)}
    assert sorted(paths) == [
        root,
        f"{root}/{{name}}",
        f"{root}/{{name}}/edges/{{u}}/{{v}}/evidence",
        f"{root}/{{name}}/measures",
    ]
    for operation in (path["get"] for path in paths.values()):
        statuses = set(operation["responses"])
        assert {"200", "304", "400", "404", "501", "503", "504"} <= statuses
        assert "422" not in statuses
        assert "example" in operation["responses"]["200"]["content"]["application/json"]
    parameters = {one["name"]: one for one in paths[f"{root}/{{name}}"]["get"]["parameters"]}
    assert parameters["name"]["schema"]["enum"] == list(DEFINITIONS)
    offered = {name for entry in DEFINITIONS.values() for name in entry.parameters}
    assert offered <= set(parameters)
    assert all(one.get("description") for one in parameters.values())


def test_the_documented_examples_have_the_members_of_answers(served: Server) -> None:
    paths = get(served, "/api/openapi.json").json()["paths"]

    for path, address in (
        ("/api/networks", "/api/networks"),
        ("/api/networks/{name}", f"{TOGETHER}?level=item"),
        ("/api/networks/{name}/measures", f"{TOGETHER}/measures?level=item"),
        (
            "/api/networks/{name}/edges/{u}/{v}/evidence",
            f"{TOGETHER}/edges/jpn/prk/evidence?level=item",
        ),
    ):
        content = paths[path]["get"]["responses"]["200"]["content"]
        example, answer = content["application/json"]["example"], get(served, address).json()
        assert set(example) <= set(answer)
        for name, value in example.items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                assert set(value[0]) <= set(answer[name][0]), (path, name)


def test_an_answer_is_calculated_once(served: Server) -> None:
    path = f"{TOGETHER}?level=goal&kinds=Country"
    first = get(served, path)
    before = counted(served, "agendagraph_cache_hits_total ")

    again = get(served, path)

    assert again.content == first.content
    assert counted(served, "agendagraph_cache_hits_total ") == before + 1


def counted(server: Server, name: str) -> float:
    lines = server.client.get("/metrics").text.splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(name))


def test_a_missing_package_names_its_remedy(
    start_server: Callable[..., Server], tmp_path: Path
) -> None:
    absent = tmp_path / "pandas"
    absent.mkdir()
    (absent / "__init__.py").write_text(
        "raise ModuleNotFoundError('No module named pandas', name='pandas')\n"
    )
    server = start_server("--store", SMALL, PYTHONPATH=str(tmp_path))

    answer = get(server, f"{TOGETHER}/measures")

    assert answer.status_code == 501
    assert "agendagraph[network]" in answer.json()["message"]["ko"]
    assert get(server, TOGETHER).status_code == 200


def test_reading_that_is_private_stays_so(
    start_server: Callable[..., Server], tmp_path: Path
) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text("read:let-me-in-let-me-in\n")
    server = start_server("--store", SMALL, "--token-file", tokens)

    assert get(server, "/api/networks").status_code == 401
    assert get(server, TOGETHER).status_code == 401
    assert get(server, TOGETHER, Authorization="Bearer let-me-in-let-me-in").status_code == 200


def test_another_endpoint_s_data_make_the_same_network(
    start_server: Callable[..., Server], served: Server
) -> None:
    server = start_server("--store", f"{served.url}/sparql")

    assert get(server, TOGETHER).json() == get(served, TOGETHER).json()


def test_an_address_with_anything_in_it_is_answered(served: Server) -> None:
    for part in ("%00", "..%2f..", "é", "a" * 3000, "%ff", "{}", "' OR 1=1"):
        path = f"/api/networks/{quote(part, safe='%')}"
        for address in (path, f"{path}/measures", f"{TOGETHER}/edges/{quote(part)}/x/evidence"):
            answer = served.client.get(address)
            assert 400 <= answer.status_code < 500, (address, answer.text)
            assert json.loads(answer.content)["status"] == answer.status_code


def test_a_network_follows_the_updates_of_a_store(
    start_server: Callable[..., Server], tmp_path: Path
) -> None:
    """Its workers open the newest checkpoint, whatever the snapshot of their zygote was."""
    rdf_files.load(tmp_path / "store", [SMALL], agent="tester")
    tokens = tmp_path / "tokens"
    tokens.write_text("write:let-me-in-let-me-in\n")
    server = start_server("--store", tmp_path / "store", "--writable", "--token-file", tokens)
    before = get(server, TOGETHER)

    answer = server.client.post(
        "/update",
        data={"update": f"DELETE WHERE {{ ?e <{NS}counterpart> ?c }}"},
        headers={"Authorization": "Bearer let-me-in-let-me-in"},
    )

    after = get(server, TOGETHER)
    assert answer.status_code in (200, 204), answer.text
    assert before.json()["edges"]
    assert after.json()["edges"] == []
    generations = [one.headers["agendagraph-generation"] for one in (before, after)]
    assert generations[1] == server.query("ASK {}").headers["agendagraph-generation"]
    assert generations[0] != generations[1]
