"""A store opens, or says why it does not: not there, locked, damaged, something else."""

import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from agendagraph.errors import GraphSyntaxError, StoreError
from agendagraph.store import open_directory, open_files, open_memory
from agendagraph.store.local import store_error

TRIPLE = "<http://example.org/s> <http://example.org/p> <http://example.org/o> ."


def test_an_empty_store_holds_nothing() -> None:
    assert len(open_memory()) == 0


def test_a_store_on_disk_keeps_what_it_is_given(tmp_path: Path) -> None:
    store = open_directory(tmp_path / "store", create=True)
    store.oxigraph.load(TRIPLE.encode(), format=ox.RdfFormat.N_TRIPLES)
    store.oxigraph.flush()
    del store

    assert len(open_directory(tmp_path / "store")) == 1


def test_a_store_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store in it"):
        open_directory(tmp_path / "nothing")


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("seven years")

    with pytest.raises(StoreError, match="holds something else"):
        open_directory(tmp_path, create=True)

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_file_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="a file, not a directory"):
        open_directory(tmp_path / "file", create=True)


def test_a_store_can_be_open_once_in_a_process(tmp_path: Path) -> None:
    first = open_directory(tmp_path / "store", create=True)

    with pytest.raises(StoreError, match="already open in this process"):
        open_directory(tmp_path / "store")

    assert len(first) == 0


def test_a_store_can_be_open_in_one_process(tmp_path: Path) -> None:
    first = open_directory(tmp_path / "store", create=True)
    program = (
        "from pathlib import Path; from agendagraph.store import open_directory;"
        f"open_directory(Path({str(tmp_path / 'store')!r}))"
    )

    second = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert "StoreError" in second.stderr
    assert "another process has it open" in second.stderr
    assert len(first) == 0


@pytest.mark.parametrize("name", ["CURRENT", "MANIFEST"])
def test_a_damaged_store_is_an_error(tmp_path: Path, name: str) -> None:
    store = open_directory(tmp_path / "store", create=True)
    store.oxigraph.load(TRIPLE.encode(), format=ox.RdfFormat.N_TRIPLES)
    store.oxigraph.flush()
    del store
    for file in (tmp_path / "store").glob(f"{name}*"):
        file.write_bytes(b"\x00junk" * 50)

    with pytest.raises(StoreError, match="it is damaged"):
        open_directory(tmp_path / "store")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("IO error: No space left on device: While appending to file", "the disk is full"),
        ("IO error: While open a file: /x/LOCK: Permission denied", "permission denied"),
        ("IO error: /x/LOG: Read-only file system", "the file system is read-only"),
        ("something new", "something new"),
    ],
)
def test_what_the_store_says_is_put_in_words(said: str, meant: str) -> None:
    error = store_error(Path("kg"), OSError(said))

    assert str(error) == f"cannot use the store kg: {meant}"


def test_files_of_several_formats_are_one_store(tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text(TRIPLE)
    (tmp_path / "b.ttl").write_text("<http://example.org/s> a <http://example.org/T> .")
    (tmp_path / "c.jsonld").write_text('{"@id": "http://example.org/c", "http://example.org/p": 1}')
    (tmp_path / "notes.txt").write_text("not RDF")

    assert len(open_files([tmp_path])) == 3


def test_blank_nodes_of_two_files_stay_two(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.nt").write_text(f'_:x <http://example.org/p> "{name}" .')

    subjects = {quad.subject for quad in open_files([tmp_path]).quads()}

    assert len(subjects) == 2


def test_a_file_of_another_kind_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not RDF")

    with pytest.raises(GraphSyntaxError, match=r"ends in one of \.ttl"):
        open_files([tmp_path / "notes.txt"])


def test_a_remote_context_is_not_fetched(tmp_path: Path) -> None:
    (tmp_path / "a.jsonld").write_text('{"@context": "http://127.0.0.1:9/c", "name": "x"}')

    with pytest.raises(GraphSyntaxError, match="context"):
        open_files([tmp_path / "a.jsonld"])


def test_bytes_that_are_no_utf8_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_bytes(
        '<http://example.org/s> <http://e.org/p> "외교부" .'.encode("euc-kr")
    )

    with pytest.raises(GraphSyntaxError):
        open_files([tmp_path / "a.ttl"])
