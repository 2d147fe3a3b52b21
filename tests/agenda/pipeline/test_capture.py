"""A capture is what its description says, byte for byte, or it is refused."""

from __future__ import annotations

import hashlib
import tomllib
from typing import TYPE_CHECKING

import pytest

from agendagraph import files
from agendagraph.agenda.pipeline.capture import describe, read_capture, write_capture
from agendagraph.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

DATA = "외교정책\n".encode()


def test_the_shipped_capture_is_described_as_it_is() -> None:
    capture = read_capture(files.SOURCE, "kr-mofa-2022")

    assert hashlib.sha256(capture.data).hexdigest() == capture.description.sha256
    assert capture.description.code_points == len(capture.text) == 7_136
    assert capture.description.publisher == "body/kr/mofa"


def test_what_is_not_known_is_not_stated() -> None:
    """Nobody recorded the address and the day of the shipped capture."""
    description = read_capture(files.SOURCE, "kr-mofa-2022").description

    assert description.source_url is None
    assert description.captured_on is None


def test_a_capture_is_written_and_read_back(tmp_path: Path) -> None:
    capture = describe(DATA, capture_id="kr-test", publisher="body/kr/mofa", title='국정 "과제"')

    write_capture(tmp_path, capture)

    assert read_capture(tmp_path, "kr-test") == capture
    stated = tomllib.loads((tmp_path / "kr-test.toml").read_text(encoding="utf-8"))
    assert stated["title_ko"] == '국정 "과제"'


NUMBERS = f'publisher = "x"\ncode_points = 5\nsha256 = "{"0" * 64}"\n'


@pytest.mark.parametrize(
    ("description", "message"),
    [
        ("id = ", r"kr-test\.toml: does not parse as TOML"),
        ('id = "kr-test"\n', r"kr-test\.toml: file: Field required"),
        (
            'id = "kr-test"\nfile = "kr-test.txt"\nbytes = 99\n' + NUMBERS,
            r"kr-test\.txt: expected bytes 99 as kr-test\.toml states, found 13",
        ),
        (
            'id = "kr-test"\nfile = "../kr-test.txt"\nbytes = 13\n' + NUMBERS,
            "file: String should match",
        ),
    ],
)
def test_a_description_that_is_wrong_is_refused(
    description: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "kr-test.txt").write_bytes(DATA)
    (tmp_path / "kr-test.toml").write_text(description, encoding="utf-8")

    with pytest.raises(SourceError, match=message):
        read_capture(tmp_path, "kr-test")


def test_a_capture_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.toml: cannot be read: No such file"):
        read_capture(tmp_path, "none")
