"""Every question has the answer that was written down by hand from the page.

The expected answers, in ``data/queries/expected``, were written by people who read the page, not
copied from what a query printed. Terms are shortened there: ours stand without our base, borrowed
ones with their prefix. Question 23 adds up shares: its answer was reckoned in exact fractions
from the coded tables, by other means than the query.
"""

import csv
from pathlib import Path

import pyoxigraph
import pytest

from agendagraph import files
from agendagraph.errors import TableError
from agendagraph.knowledge.questions import Question, questions, read_question
from agendagraph.namespaces import BASE, ID, PREFIXES
from agendagraph.store import load_shipped

EXPECTED = files.QUERIES / "expected"
QUESTIONS = questions()


@pytest.fixture(scope="module")
def store() -> pyoxigraph.Store:
    """Load the shipped graph once for all questions."""
    loaded = pyoxigraph.Store()
    load_shipped(loaded)
    return loaded


def shortened(term: object) -> str:
    """Write a term as the expected answers do."""
    if term is None:
        return ""
    if not isinstance(term, pyoxigraph.NamedNode):
        return str(getattr(term, "value", term))
    iri = term.value
    for base in (ID, BASE):
        if iri.startswith(base) and "#" not in iri:
            return iri.removeprefix(base)
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def answer(store: pyoxigraph.Store, question: Question) -> list[list[str]]:
    """Ask, and return the header and the rows."""
    found = store.query(question.text, use_default_graph_as_union=True)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    header = [variable.value for variable in found.variables]
    return [header, *([shortened(row[name]) for name in header] for row in found)]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_the_answer_is_the_one_on_the_page(store: pyoxigraph.Store, question: Question) -> None:
    with (EXPECTED / f"{question.name}.csv").open(encoding="utf-8", newline="") as lines:
        expected = list(csv.reader(lines))

    assert answer(store, question) == expected


def test_every_expected_answer_has_its_question() -> None:
    assert {path.stem for path in EXPECTED.glob("*.csv")} == {each.name for each in QUESTIONS}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_question_is_asked_in_both_languages(question: Question) -> None:
    assert set(question.title) == set(question.question) == {"ko", "en"}
    assert "ORDER BY" in question.text


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("", id="no header"),
        pytest.param("#+ title: [\n", id="not YAML"),
        pytest.param("#+ title: a\n", id="a key is missing"),
    ],
)
def test_a_file_without_its_header_is_refused(tmp_path: Path, header: str) -> None:
    file = tmp_path / "01-x.rq"
    file.write_text(header + "ASK {}")

    with pytest.raises(TableError, match=r"01-x\.rq"):
        read_question(file)
