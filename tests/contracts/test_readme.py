"""What the README says is so: its question has that answer, its counts are those of the graph."""

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

import agendagraph as ag
from agendagraph.cli import main

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """Return the first block of code in that language."""
    found = re.search(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert found, f"no block of {language}"
    return found[1]


def test_the_question_has_that_answer() -> None:
    done = CliRunner().invoke(main, ["query", block("sparql"), "--format", "csv"])

    assert done.output.split() == block("csv").split()


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("goals", "Goal"),
        ("elements", "AgendaElement"),
        ("mentions", "Mention"),
        ("commitments", "Commitment"),
        ("engagements", "Engagement"),
        ("countries", "Country"),
        ("organisations", "Organization"),
        ("memberships", "Membership"),
    ],
)
def test_the_counts_are_those_of_the_graph(what: str, kind: str) -> None:
    stated = re.search(rf"([\d,]+) {what}", README)
    assert stated

    answer = ag.open_graph().query(f"SELECT (COUNT(?x) AS ?n) WHERE {{ ?x a agenda:{kind} }}")

    assert int(stated[1].replace(",", "")) == answer[0][0]


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)

    assert [link for link in links if not (ROOT / link).exists()] == []
    assert links


def test_every_command_exists() -> None:
    stated = set(re.findall(r"uv run (?:--no-dev )?agendagraph (\w+)", README))

    assert stated <= set(main.list_commands(None))  # type: ignore[arg-type]
    assert stated


def test_the_version_cited_is_the_version() -> None:
    assert f"version {ag.__version__}" in README


def test_the_python_version_is_the_one_required() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert f"Python {project['requires-python'].removeprefix('>=')} or newer" in README
