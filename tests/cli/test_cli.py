"""The command says what it does, exits with the right status, and never shows a traceback."""

from __future__ import annotations

import importlib
import json
import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from agendagraph.cli import VERBS, main
from agendagraph.cli.group import LazyGroup
from agendagraph.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

DATA = """
@prefix agenda: <https://w3id.org/agendagraph/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<https://w3id.org/agendagraph/id/country/nam> a agenda:Country ;
    agenda:iso2 "NA" ; agenda:m49 "516" ; rdfs:label "나미비아"@ko .
"""
SHAPES = """
@prefix agenda: <https://w3id.org/agendagraph/ns#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
<urn:S> a sh:NodeShape ; sh:targetClass agenda:Country ; sh:property <urn:S-iso3> .
<urn:S-iso3> a sh:PropertyShape ; sh:path agenda:iso3 ; sh:minCount 1 ;
    sh:message "iso3이 있어야 한다."@ko , "Give a country its iso3."@en .
"""
SELECT = "SELECT ?code ?m49 ?label { ?c agenda:iso2 ?code ; agenda:m49 ?m49 ; rdfs:label ?label }"


@pytest.fixture
def data(tmp_path: Path) -> str:
    path = tmp_path / "data.ttl"
    path.write_text(DATA, encoding="utf-8")
    return str(path)


@pytest.fixture
def shapes(tmp_path: Path) -> str:
    path = tmp_path / "shapes.ttl"
    path.write_text(SHAPES, encoding="utf-8")
    return str(path)


def run(*args: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, list(args), input=stdin)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("csv", "code,m49,label\r\nNA,516,나미비아\r\n"),
        ("tsv", '?code\t?m49\t?label\n"NA"\t"516"\t"나미비아"@ko\n'),
    ],
)
def test_an_answer_in_text(data: str, form: str, expected: str) -> None:
    result = run("query", SELECT, "--source", data, "--format", form)

    assert result.exit_code == 0
    assert result.stdout_bytes.decode().replace("\r\n", "\n") == expected.replace("\r\n", "\n")
    assert result.stderr == ""


def test_elsewhere_than_on_a_terminal_the_answer_is_tsv(data: str) -> None:
    assert run("query", SELECT, "--source", data).stdout.startswith("?code\t?m49")


def test_an_answer_as_json_and_xml(data: str) -> None:
    found = json.loads(run("query", SELECT, "--source", data, "-f", "json").stdout)
    (row,) = found["results"]["bindings"]

    assert row["label"] == {"type": "literal", "value": "나미비아", "xml:lang": "ko"}
    assert run("query", SELECT, "--source", data, "-f", "xml").stdout.startswith("<?xml")


def test_a_table_is_for_people(data: str) -> None:
    result = run("query", "SELECT ?c ?t { ?c a ?t }", "--source", data, "-f", "table")

    assert "country/nam" in result.stdout
    assert "agenda:Country" in result.stdout
    assert result.stderr == "1 row\n"


def test_ask_answers_true_or_false(data: str) -> None:
    assert run("query", "ASK { ?c a agenda:Country }", "--source", data).stdout == "true\n"
    assert run("query", "ASK { ?c a agenda:Goal }", "--source", data).exit_code == 0


@pytest.mark.parametrize(
    ("form", "begins"),
    [("ttl", "@base"), ("nt", "<https://"), ("rdf", "<?xml"), ("jsonld", "[")],
)
def test_a_graph_as_an_answer(data: str, form: str, begins: str) -> None:
    query = "CONSTRUCT { ?c agenda:iso2 ?x } WHERE { ?c agenda:iso2 ?x }"

    result = run("query", query, "--source", data, "--format", form)

    assert result.exit_code == 0
    assert result.stdout.startswith(begins)
    assert "NA" in result.stdout


def test_a_graph_with_blank_nodes_is_written_too(data: str) -> None:
    result = run(
        "query", "CONSTRUCT { [] rdfs:label ?x } WHERE { ?c rdfs:label ?x }", "--source", data
    )

    assert result.exit_code == 0
    assert "나미비아" in result.stdout


def test_a_query_comes_from_a_file_or_from_standard_input(tmp_path: Path, data: str) -> None:
    file = tmp_path / "countries.rq"
    file.write_text(SELECT, encoding="utf-8")

    from_file = run("query", str(file), "--source", data)
    from_stdin = run("query", "-", "--source", data, stdin=SELECT.encode())

    assert from_file.exit_code == from_stdin.exit_code == 0
    assert from_file.stdout == from_stdin.stdout != ""


def test_a_syntax_error_shows_line_column_and_place(tmp_path: Path, data: str) -> None:
    file = tmp_path / "broken.rq"
    file.write_text("SELECT *\nWHERE { ?c rdfs:label '나미비아' ; }}\n", encoding="utf-8")

    result = run("query", str(file), "--source", data)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        f"{file}:2:33: did not expect “}}” here",
        "  WHERE { ?c rdfs:label '나미비아' ; }}",
        "  " + " " * 36 + "^",
    ]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        pytest.param(["query", "nowhere.rq"], "nowhere.rq", id="no such query"),
        pytest.param(["query", "ASK {}", "--source", "no.ttl"], "no such file", id="no such data"),
        pytest.param(
            ["query", "ASK {}", "--source", "{data}", "-f", "ttl"], "table, csv", id="form"
        ),
        pytest.param(
            ["query", "DESCRIBE <urn:x>", "--source", "{data}", "-f", "csv"], "ttl, nt", id="graph"
        ),
        pytest.param(["query", "ASK {}", "--source", "http://127.0.0.1:9/"], "no answer", id="url"),
        pytest.param(["validate", "no.ttl"], "does not exist", id="no such graph"),
        pytest.param(["validate", "{data}", "--shapes", "{data}x"], "does not exist", id="shapes"),
        pytest.param(["nothing"], "No such command", id="no such verb"),
        pytest.param(["query"], "Missing argument", id="no query"),
    ],
)
def test_a_wrong_call_exits_with_two(args: list[str], message: str, data: str) -> None:
    result = run(*(arg.replace("{data}", data) for arg in args))

    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output


def test_a_query_in_another_encoding_is_unreadable(tmp_path: Path, data: str) -> None:
    file = tmp_path / "euckr.rq"
    file.write_bytes("ASK { ?c rdfs:label '나미비아' }".encode("euc-kr"))

    result = run("query", str(file), "--source", data)

    assert result.exit_code == 2
    assert "expected UTF-8" in result.stderr


def test_findings_exit_with_one_and_are_a_line_each(data: str, shapes: str) -> None:
    result = run("validate", data, "--shapes", shapes, "--lang", "ko")

    assert result.exit_code == 1
    assert result.stdout.split("\t") == [
        "Violation",
        "country/nam",
        "<https://w3id.org/agendagraph/ns#iso3>",
        "",
        "urn:S-iso3",
        "iso3이 있어야 한다.",
        "1\n",
    ]
    assert "1 violation, 0 other findings" in result.stderr


def test_warnings_of_a_shape_share_a_line_unless_all_are_wanted(
    data: str, shapes: str, tmp_path: Path
) -> None:
    more = tmp_path / "more.ttl"
    more.write_text(DATA.replace("country/nam", "country/zzz"), encoding="utf-8")
    warning = tmp_path / "warning.ttl"
    warning.write_text(SHAPES.replace("sh:minCount 1", "sh:minCount 1 ; sh:severity sh:Warning"))

    grouped = run("validate", data, str(more), "--shapes", str(warning))
    listed = run("validate", data, str(more), "--shapes", str(warning), "--all")
    violations = run("validate", data, str(more), "--shapes", shapes)

    assert grouped.exit_code == listed.exit_code == 0
    cells = [line.split("\t") for line in grouped.stdout.splitlines()]
    assert [(c[0], c[1], c[4], c[6]) for c in cells] == [
        ("Warning", "country/nam", "urn:S-iso3", "2")
    ]
    assert [line.split("\t")[6] for line in listed.stdout.splitlines()] == ["1", "1"]
    assert "0 violations, 2 other findings" in grouped.stderr
    assert len(violations.stdout.splitlines()) == 2


def test_shapes_that_check_nothing_are_reported(shapes: str, tmp_path: Path) -> None:
    other = tmp_path / "other.ttl"
    other.write_text("<urn:a> a <urn:B> .")

    result = run("validate", str(other), "--shapes", shapes)

    assert result.exit_code == 0
    assert "nothing was checked" in result.stderr


def test_a_store_is_asked_and_described_too(data: str, tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    assert run("load", store, data).exit_code == 0

    asked = run("query", SELECT, "--source", store, "-f", "csv")
    described = json.loads(run("info", "--source", store, "--format", "json").stdout)

    assert asked.stdout.splitlines()[1] == "NA,516,나미비아"
    assert described["source"] == store


def test_an_update_is_no_query(data: str) -> None:
    result = run("query", "PREFIX x: <urn:x> INSERT DATA { <urn:a> a x:b }", "--source", data)

    assert result.exit_code == 2
    assert "query:1:19: “INSERT” begins an update" in result.stderr
    assert "does not update" in result.stderr


def test_findings_as_json_have_both_languages(data: str, shapes: str) -> None:
    report = json.loads(run("validate", data, "--shapes", shapes, "--format", "json").stdout)

    assert report["conforms"] is False
    assert report["results"][0]["messages"] == {
        "en": "Give a country its iso3.",
        "ko": "iso3이 있어야 한다.",
    }


def test_no_findings_exit_with_zero(shapes: str, tmp_path: Path) -> None:
    good = tmp_path / "good.ttl"
    good.write_text(DATA.replace("agenda:iso2", 'agenda:iso3 "NAM" ; agenda:iso2'))

    result = run("validate", str(good), "--shapes", shapes)

    assert (result.exit_code, result.stdout) == (0, "")


def test_shapes_that_do_not_parse_are_unreadable(data: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttl"
    broken.write_text("<urn:S> a\n  sh:NodeShape .")

    result = run("validate", data, "--shapes", str(broken))

    assert result.exit_code == 2
    assert f"{broken}:2:3: " in result.stderr


def test_info_says_what_is_there() -> None:
    facts = json.loads(run("info", "--format", "json").stdout)

    (agenda,) = facts["agendas"]
    assert agenda["sha256"] == "972ff758b170606ecf12a0e8cbc54a03b93018f13c3e9bcb6feb96440469c90a"
    assert agenda["length"] == 7136
    assert agenda["adopted"] == "2022-07-26"
    assert sum(agenda["elements"].values()) == 160
    assert facts["software"] == facts["vocabulary"]
    assert "data/graph/world.ttl" in facts["files"]
    assert "160: 31 Action" in run("info").stdout


def test_every_verb_is_a_command_whose_help_begins_as_the_list_says() -> None:
    for verb, summary in VERBS.items():
        command = getattr(importlib.import_module(f"agendagraph.cli.{verb}"), verb)
        assert (command.help or "").splitlines()[0] == summary


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_a_verb_shows_its_examples_line_by_line(verb: str) -> None:
    shown = CliRunner().invoke(main, [verb, "--help"]).output

    assert "\\b" not in shown
    assert shown.count("Example") == len(re.findall(r"^  Examples?:$", shown, re.MULTILINE))


def test_help_lists_every_verb_and_imports_none() -> None:
    program = (
        "import sys\n"
        "from agendagraph.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit: pass\n"
        "print(sorted(m for m in sys.modules if m.startswith('agendagraph.')), file=sys.stderr)"
    )

    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert all(f"  {verb} " in result.stdout for verb in VERBS)
    assert "agendagraph.cli.query" not in result.stderr
    assert "agendagraph.server.http" not in result.stderr


def test_an_error_of_ours_is_a_line_and_a_status(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreError("cannot use the store kg: the disk is full")

    monkeypatch.setattr("agendagraph.cli.query.open_graph", fail)

    result = run("query", "ASK {}")

    assert result.exit_code == 2
    assert result.stderr == "agendagraph: cannot use the store kg: the disk is full\n"


def test_an_interrupt_exits_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("agendagraph.cli.query.open_graph", interrupt)

    assert run("query", "ASK {}").exit_code == 128 + signal.SIGINT


def test_a_reader_that_has_enough_gets_no_traceback() -> None:
    """``agendagraph query … | head -1``: the pipe closes long before the answer ends."""
    query = "SELECT * { ?s ?p ?o }"
    read, write = os.pipe()
    command = [sys.executable, "-c", "from agendagraph.cli import main; main()", "query", query]

    process = subprocess.Popen(command, stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    os.read(read, 100)
    os.close(read)
    _, errors = process.communicate(timeout=60)

    assert errors == b""
    assert process.returncode == 128 + signal.SIGPIPE


def test_main_is_the_console_script() -> None:
    assert isinstance(main, LazyGroup)
