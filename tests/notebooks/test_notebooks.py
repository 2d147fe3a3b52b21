"""A notebook answers one question: answer first, nothing hidden, and the answer asserted.

``pytest --nbmake notebooks`` runs them from top to bottom.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

from agendagraph import __version__, open_graph

if TYPE_CHECKING:
    from agendagraph.knowledge import KnowledgeGraph

NOTEBOOKS = sorted(Path(__file__).parents[2].joinpath("notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    found = nbformat.read(request.param, as_version=4)
    nbformat.validate(found)
    return found


@pytest.fixture(scope="module")
def graph() -> KnowledgeGraph:
    return open_graph()


def code(notebook: nbformat.NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def test_they_are_numbered_without_a_gap() -> None:
    assert [int(path.stem[:2]) for path in NOTEBOOKS] == list(range(1, len(NOTEBOOKS) + 1))
    assert len(NOTEBOOKS) >= 7


def test_the_overview_names_each_of_them() -> None:
    readme = NOTEBOOKS[0].with_name("README.md").read_text(encoding="utf-8")

    assert [name for name in NOTEBOOKS if f"]({name.name})" not in readme] == []


def test_question_answer_and_data_come_first(notebook: nbformat.NotebookNode) -> None:
    opening = notebook.cells[0]

    assert opening.cell_type == "markdown"
    words = (
        "# ",
        " · ",
        "물음 / Question.",
        "답 / Answer.",
        "데이터 / Data.",
        "오프라인",
        "offline",
    )
    assert [word for word in words if word not in opening.source] == []
    assert re.search("[가-힣]", opening.source)


def test_the_data_are_named_by_version_and_hash(
    notebook: nbformat.NotebookNode, graph: KnowledgeGraph
) -> None:
    opening = notebook.cells[0].source
    (page,) = set(re.findall(r"sha256 `([0-9a-f]{12,})…`", opening))

    found = graph.select(
        "SELECT ?sha256 { ?agenda a agenda:Agenda ; prov:wasDerivedFrom/agenda:sha256 ?sha256 }"
    )
    assert f" {__version__}" in opening
    assert any(str(row.sha256).startswith(page) for row in found)
    assert "import agendagraph as ag" in code(notebook)[0]
    assert "graph.version" in code(notebook)[0]


def test_the_last_cell_asserts_the_answer(notebook: nbformat.NotebookNode) -> None:
    last = notebook.cells[-1]

    assert last.cell_type == "code"
    assert any(isinstance(line, ast.Assert) for line in ast.parse(last.source).body)


def test_every_number_of_the_answer_stands_in_an_assertion(
    notebook: nbformat.NotebookNode,
) -> None:
    """Dates and the level of an interval are no results; 46 % may be asserted as 0.46."""
    answer = re.search(r"답 / Answer\.(.*?)\n\n\*\*데이터", notebook.cells[0].source, re.DOTALL)
    assert answer is not None
    results = re.sub(r"\d{4}-\d{2}-\d{2}|95 %", "", answer[1])
    numbers = set(re.findall(r"\d+(?:\.\d+)?", results))

    asserted = set(re.findall(r"\d+(?:\.\d+)?", notebook.cells[-1].source))
    asserted |= {number.removeprefix("0.") for number in asserted}
    assert numbers
    assert numbers - asserted == set()


def test_no_output_is_kept(notebook: nbformat.NotebookNode) -> None:
    kept = [
        cell.id for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")
    ]

    assert kept == []


def test_cells_have_ids_of_their_own(notebook: nbformat.NotebookNode) -> None:
    ids = [cell.id for cell in notebook.cells]

    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"n\d{2}-\d{2}", one) for one in ids)


def test_nothing_installs_or_reaches_around_the_package(notebook: nbformat.NotebookNode) -> None:
    text = "\n".join(code(notebook))

    assert not re.search(r"sys\.path|^\s*[%!]|pip install", text, re.MULTILINE)
    assert not re.search(r"https?://(?!w3id\.org/agendagraph)", text)


def test_a_long_function_belongs_in_the_package(notebook: nbformat.NotebookNode) -> None:
    functions = [
        node
        for cell in code(notebook)
        for node in ast.walk(ast.parse(cell))
        if isinstance(node, ast.FunctionDef)
    ]

    long = [f.name for f in functions if (f.end_lineno or f.lineno) - f.lineno + 1 > 5]
    assert long == []


def test_the_text_is_in_both_languages(notebook: nbformat.NotebookNode) -> None:
    headings = [
        cell.source.splitlines()[0] for cell in notebook.cells if cell.cell_type == "markdown"
    ]

    assert [heading for heading in headings if " · " not in heading] == []
