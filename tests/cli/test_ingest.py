"""``agendagraph ingest`` prints what it promises, writes whole drafts, and says what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from agendagraph import files
from agendagraph.cli import main

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

PAGE = """\
외교정책

• 국제공조 강화
  • 과제목표
    • 미국과 협력 강화
"""
COMMAND = "from agendagraph.cli import main; main()"
DRAFT = ("--agenda", "kr-test", "--body", "kr/mofa", "--published", "2022-07-26")


def run(*arguments: str, given: bytes | None = None) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, ["ingest", *arguments], input=given)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.txt"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_json_is_all_that_stands_on_standard_output(page: Path) -> None:
    done = run(str(page), "--format", "json")

    found = json.loads(done.stdout)
    assert done.exit_code == 0
    assert list(found) == ["elements"]
    assert [list(element) for element in found["elements"]] == [
        ["id", "kind", "text", "start", "end", "mentions"]
    ] * 3
    (mention,) = found["elements"][2]["mentions"]
    assert mention == {
        "surface": "미국",
        "start": 0,
        "end": 2,
        "kind": "country",
        "id": "country/usa",
        "iso3": "USA",
        "self": False,
        "members": [],
        "parts": [],
    }


def test_the_page_may_come_from_standard_input() -> None:
    """As a user pipes it: in a process of its own, where a warning would be an error."""
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "ingest", "-", "--format", "json"],
        input=PAGE.encode(),
        capture_output=True,
        check=False,
        env={"PYTHONPATH": str(files.ROOT / "api"), "PYTHONWARNINGS": "error"},
    )

    assert done.returncode == 0
    assert len(json.loads(done.stdout)["elements"]) == 3


def test_without_a_folder_nothing_is_written(page: Path) -> None:
    done = run(str(page))

    assert done.exit_code == 0
    assert "g1/o1" in done.stdout
    assert [path.name for path in page.parent.iterdir()] == ["page.txt"]


def test_a_draft_is_written_and_its_decisions_are_counted(page: Path) -> None:
    folder = page.parent / "draft"

    done = run(str(page), *DRAFT, "-o", str(folder), "--format", "json")

    assert done.exit_code == 0, done.stderr
    assert len(json.loads(done.stdout)["elements"]) == 3
    assert (folder / "review.md").exists()
    assert (folder / "graph" / "kr-test" / "document.ttl").exists()
    assert "open decisions: engagement 1" in done.stderr
    assert sorted(path.name for path in page.parent.iterdir()) == ["draft", "page.txt"]


def test_footers_and_ambiguous_places_are_reported(page: Path) -> None:
    page.write_text(PAGE + "\n담당부서: 기획과\n", encoding="utf-8")

    done = run(str(page))

    assert "page.txt:7: taken for boilerplate (below): 담당부서" in done.stderr


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "found an empty file", id="empty"),
        pytest.param(
            b"<html><body></body></html>", ":1: expected plain text, found HTML", id="HTML"
        ),
        pytest.param("외교부".encode("euc-kr"), "found EUC-KR", id="EUC-KR"),
        pytest.param(
            PAGE.replace("국제공조", "국제")
            .replace("    •", "    • 가\n      • 나\n    •")
            .encode(),
            ":6: cannot place '• 나'",
            id="out of place",
        ),
    ],
)
def test_a_page_that_cannot_be_read_is_named(page: Path, data: bytes, message: str) -> None:
    page.write_bytes(data)

    done = run(str(page), *DRAFT, "-o", str(page.parent / "draft"))

    stderr = done.stderr
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "page.txt" in stderr
    assert message in stderr
    assert "Traceback" not in stderr
    assert [path.name for path in page.parent.iterdir()] == ["page.txt"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "draft"], "-o needs --agenda, --body, --published too"),
        ([*DRAFT[:2], "--body", "kr/none", *DRAFT[4:], "-o", "draft"], "--body: unknown body"),
        (["--agenda", "kr-mofa-2022", *DRAFT[2:], "-o", "draft"], "an agenda kr-mofa-2022 already"),
        (["--format", "xml"], "'xml' is not one of"),
    ],
)
def test_a_wrong_call_is_explained(page: Path, arguments: list[str], message: str) -> None:
    wanted = [str(page.parent / "draft") if a == "draft" else a for a in arguments]

    done = run(str(page), *wanted)

    assert done.exit_code == 2
    assert message in done.stderr
    assert not (page.parent / "draft").exists()


def test_a_page_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = run(str(tmp_path / "none.txt"))

    assert done.exit_code == 2
    assert "none.txt: cannot be read: No such file" in done.stderr


def test_a_wrong_call_is_explained_before_the_page_is_read(tmp_path: Path) -> None:
    arguments = ["--agenda", "kr-mofa-2022", *DRAFT[2:], "-o", str(tmp_path / "draft")]

    done = run(str(tmp_path / "none.txt"), *arguments)

    assert done.exit_code == 2
    assert "an agenda kr-mofa-2022 already" in done.stderr


def test_a_full_folder_is_left_as_it_is(page: Path) -> None:
    done = run(str(page), *DRAFT, "-o", str(page.parent))

    assert done.exit_code == 2
    assert "is there already" in done.stderr
    assert [path.name for path in page.parent.iterdir()] == ["page.txt"]
