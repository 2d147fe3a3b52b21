"""``agendagraph network`` writes what the library makes, and says clearly what it cannot."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

import networkx as nx
import pytest
from click.testing import CliRunner, Result

from agendagraph import open_graph
from agendagraph.cli import main
from agendagraph.network import measures, project, read

SMALL = str(Path(__file__).parents[1] / "network" / "small.ttl")
TOGETHER = ("counterparts-together", "--source", SMALL)


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["network", *args])


def rows(result: Result) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_list_has_one_line_for_each_network() -> None:
    result = run("list")

    names = [line.split("\t")[0] for line in result.stdout.splitlines()]
    assert names == open_graph(SMALL).networks()
    assert all(len(line.split("\t")) == 5 for line in result.stdout.splitlines())


def test_the_edges_go_to_standard_output_and_their_number_elsewhere() -> None:
    result = run(*TOGETHER, "--level", "item")

    expected = open_graph(SMALL).network("counterparts-together", level="item")
    found = {frozenset((row["source"], row["target"])) for row in rows(result)}
    assert found == {frozenset(edge) for edge in expected.edges()}
    assert result.stderr == f"{len(expected)} nodes, {expected.number_of_edges()} edges\n"


@pytest.mark.parametrize("form", ["graphml", "gexf", "json", "csv", "parquet"])
def test_a_written_file_reads_back_equal(form: str, tmp_path: Path) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow")
    file = tmp_path / f"net.{form}"

    result = run(*TOGETHER, "-o", str(file))

    written = [Path(line) for line in result.stdout.splitlines()]
    expected = open_graph(SMALL).network("counterparts-together")
    assert all(path.is_file() for path in written)
    assert len(written) == (3 if form == "csv" else 1)
    found = read(file)
    assert {frozenset(edge) for edge in found.edges()} == {frozenset(e) for e in expected.edges()}
    assert [found.edges[e]["weight"] for e in expected.edges()] == [
        expected.edges[e]["weight"] for e in expected.edges()
    ]


def test_names_are_given_with_commas_or_one_by_one() -> None:
    with_commas = run("counterpart-goal", "--source", SMALL, "--kinds", "Country,Organization")
    one_by_one = run(
        "counterpart-goal", "--source", SMALL, "--kinds", "Country", "--kinds", "Organization"
    )

    assert with_commas.exit_code == 0
    assert with_commas.stdout == one_by_one.stdout
    nodes = {row["source"] for row in rows(with_commas)}
    assert nodes
    assert not any("country-group" in node for node in nodes)


def test_measures_are_those_of_the_projection() -> None:
    options = ("--project", "counterpart", "--weight", "newman", "--measures")

    result = run("counterpart-commitment", "--source", SMALL, *options)

    made = open_graph(SMALL).network("counterpart-commitment")
    expected = measures(project(made, "counterpart", weight="newman")).nodes["strength"]
    found = {row["node"]: float(row["strength"]) for row in rows(result)}
    assert found == pytest.approx(expected.to_dict())


def test_evidence_is_the_sentences_in_both_languages() -> None:
    edge = next(iter(open_graph(SMALL).network("counterparts-together").edges()))

    result = run(*TOGETHER, "--evidence", *edge)

    sentences = rows(result)
    assert sentences
    assert all(row["text_ko"] and row["element"].startswith("http") for row in sentences)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        pytest.param(("counterpart-gaol",), "did you mean counterpart-goal", id="network"),
        pytest.param((*TOGETHER, "--level", "bullet"), "'commitment', 'item', 'goal'", id="level"),
        pytest.param((*TOGETHER, "--counterparts", "XXX"), "there is no 'XXX'", id="country"),
        pytest.param(
            ("counterpart-theme", "--source", SMALL, "--themes", "piece"), "there is no", id="theme"
        ),
        pytest.param(
            (*TOGETHER, "--on", "26.7.2022"), "expected a date such as 2022-07-26", id="date"
        ),
        pytest.param(
            (*TOGETHER, "--themes", "peace"), "has no parameter 'themes'", id="parameter of another"
        ),
        pytest.param((*TOGETHER, "--project", "foo"), "one side only", id="side"),
        pytest.param(
            (*TOGETHER, "--weight", "count"), "--weight belongs to --project", id="weight"
        ),
        pytest.param(
            (*TOGETHER, "--measures", "-f", "gexf"), "are written as csv", id="measures as gexf"
        ),
        pytest.param(
            (*TOGETHER, "--evidence", "country/jpn", "country/xxx"), "has no node", id="node"
        ),
        pytest.param((*TOGETHER, "-o", "/no/such/folder/net.gexf"), "/no/such/folder", id="folder"),
        pytest.param((*TOGETHER, "-o", "net.docx"), "expected the format", id="ending"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(args: tuple[str, ...], said: str) -> None:
    result = run(*args)

    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_a_missing_extra_names_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    for module in (
        "measurement.measures",
        "measurement.bootstrap",
        "dataframes",
    ):
        monkeypatch.delitem(sys.modules, f"agendagraph.network.{module}", raising=False)

    result = run(*TOGETHER, "--measures")

    assert result.exit_code == 2
    assert "pip install 'agendagraph[network]'" in result.stderr


def test_a_network_without_edges_is_an_answer(tmp_path: Path) -> None:
    file = tmp_path / "empty.graphml"

    result = run(*TOGETHER, "--kinds", "Region", "-o", str(file))

    assert result.exit_code == 0
    assert result.stderr == "0 nodes, 0 edges\n"
    assert nx.number_of_edges(read(file)) == 0
