"""A file that is replaced is the old one or the new one; tests of updates look at fsync itself."""

from pathlib import Path

import pytest

from agendagraph import durable


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    durable.write(path, b"old")

    with durable.replacing(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"

    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    durable.write(path, b"old")

    def broken_off() -> None:
        with durable.replacing(path) as file:
            file.write(b"new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken_off()

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
