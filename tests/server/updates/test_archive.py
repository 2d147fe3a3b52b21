"""What is backed up, dumped, loaded or undone is exactly that, and damage is told."""

from __future__ import annotations

import asyncio
import json
import shutil
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from agendagraph.cli import VERBS
from agendagraph.cli.backup import backup as backup_command
from agendagraph.cli.dump import dump as dump_command
from agendagraph.cli.history import history as history_command
from agendagraph.cli.load import load as load_command
from agendagraph.cli.restore import restore as restore_command
from agendagraph.cli.revert import revert as revert_command
from agendagraph.errors import GraphSyntaxError, StoreError, ValidationFailed
from agendagraph.files import SHAPES
from agendagraph.namespaces import GRAPH
from agendagraph.server.updates import offline
from agendagraph.server.updates.requests import WriteRequest
from agendagraph.server.updates.transfer import archive, manifest, rdf_files
from agendagraph.store.generations import StoreDirectory, current_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import click

    from agendagraph.server.updates.writer_client import WriterClient

pytestmark = pytest.mark.slow

EX = "http://example.org/"
TEXT = f"""
<{EX}a> <{EX}p> "한국\\n\\u0001" , 1.50 ; <{EX}q> [ <{EX}r> true ] .
<{EX}b> <{EX}p> "x"@ko-KR .
"""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("document") / "document.ttl"
    path.write_text(TEXT)
    return path


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, document: Path) -> Path:
    path = tmp_path_factory.mktemp("template") / "store"
    rdf_files.load(path, [document], agent="tester")
    rdf_files.load(path, [document], agent="tester", graph=f"{EX}g")
    return path


@pytest.fixture
def store(tmp_path: Path, template: Path) -> Path:
    """A store with two updates: a load, and a load of a graph."""
    return shutil.copytree(template, tmp_path / "made")


def opened(path: Path) -> ox.Store:
    return ox.Store.read_only(current_snapshot(path).path)


def test_a_backup_is_restored_to_the_same_quads(store: Path, tmp_path: Path) -> None:
    told = archive.backup(store, tmp_path / "backup")

    snapshot = archive.restore(tmp_path / "backup", tmp_path / "again")

    assert manifest.content_of(opened(tmp_path / "again")) == (told.quads, told.content)
    assert manifest.content_of(opened(store)) == (told.quads, told.content)
    assert snapshot.quads == told.quads
    assert [e.label for e in offline.entries(tmp_path / "again")] == ["load document.ttl"] * 2


def test_a_backup_shares_no_file_with_its_store(store: Path, tmp_path: Path) -> None:
    archive.backup(store, tmp_path / "backup")

    files = [each for each in (tmp_path / "backup").rglob("*") if each.is_file()]
    assert len(files) > 5
    assert all(file.stat().st_nlink == 1 for file in files)


def test_updates_go_on_after_a_restore(store: Path, document: Path, tmp_path: Path) -> None:
    """The history of before is kept, and can still be undone."""
    first = offline.entries(store)[1].name
    archive.backup(store, tmp_path / "backup")
    again = tmp_path / "again"
    archive.restore(tmp_path / "backup", again)

    rdf_files.load(again, [document], agent="tester", graph=f"{EX}h")
    offline.revert(again, first, agent="tester", shapes=[], validated="")

    assert {name.value for name in opened(again).named_graphs()} == {
        f"{EX}h",
        f"{GRAPH}updates",
    }


@pytest.mark.parametrize("damage", ["flip", "missing", "count", "content"])
def test_a_damaged_backup_is_not_restored(store: Path, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "backup"
    archive.backup(store, folder)
    table = max(folder.rglob("*.sst"), key=lambda path: path.stat().st_size)
    if damage == "flip":
        data = bytearray(table.read_bytes())
        data[len(data) // 2] ^= 1
        table.write_bytes(data)
    elif damage == "missing":
        table.unlink()
    else:
        told = json.loads((folder / "manifest.json").read_text())
        told["quads" if damage == "count" else "content"] = 7 if damage == "count" else "7"
        (folder / "manifest.json").write_text(json.dumps(told))

    with pytest.raises(StoreError, match=r"damaged|manifest says"):
        archive.restore(folder, tmp_path / "again")

    assert not (tmp_path / "again").exists()


def test_a_restore_replaces_only_when_told_to(store: Path, document: Path, tmp_path: Path) -> None:
    archive.backup(store, tmp_path / "backup")
    before = manifest.content_of(opened(store))
    rdf_files.load(store, [document], agent="tester", graph=f"{EX}more")

    with pytest.raises(StoreError, match="--replace"):
        archive.restore(tmp_path / "backup", store)
    archive.restore(tmp_path / "backup", store, replace=True)

    assert manifest.content_of(opened(store)) == before


def test_a_backup_while_a_server_writes(
    directory: StoreDirectory, opening: Callable[..., Any], tmp_path: Path
) -> None:
    """Every one of them is a state that was acknowledged, and whole."""

    async def work() -> None:
        async with opening(directory) as service:
            writing = asyncio.create_task(write(service))
            for number in range(5):
                await asyncio.to_thread(archive.backup, directory.path, tmp_path / str(number))
            writing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await writing

    async def write(service: WriterClient) -> None:
        for number in range(10_000):
            text = f"INSERT DATA {{ <{EX}s> <{EX}first> {number} ; <{EX}second> {number} }}"
            await service.submit(WriteRequest("update", "t", "x"), text.encode())

    asyncio.run(work())

    for number in range(5):
        archive.check(tmp_path / str(number))
        found = ox.Store.read_only(str(tmp_path / str(number) / "store"))
        counts = [
            len(list(found.quads_for_pattern(None, ox.NamedNode(EX + name), None)))
            for name in ("first", "second")
        ]
        assert counts[0] == counts[1]


@pytest.mark.parametrize("name", ["all.nq", "all.nq.gz", "all.trig.zst"])
def test_a_dump_is_loaded_to_the_same_quads(store: Path, tmp_path: Path, name: str) -> None:
    told = rdf_files.dump(store, tmp_path / name)

    rdf_files.load(tmp_path / "again", [tmp_path / name], agent="tester")

    def data(path: Path) -> list[str]:
        """The quads without the history; a loaded document's blank nodes get new names."""
        quads = (str(q) for q in opened(path) if GRAPH not in str(q.graph_name))
        return sorted(" ".join("_:" if p.startswith("_:") else p for p in q.split()) for q in quads)

    assert told.quads == len(opened(store))
    assert data(tmp_path / "again") == data(store)


def test_a_graph_is_dumped_alone(store: Path, tmp_path: Path) -> None:
    told = rdf_files.dump(store, tmp_path / "g.nt", graph=f"{EX}g")

    assert told.quads == len((tmp_path / "g.nt").read_text().splitlines()) == 5
    with pytest.raises(StoreError, match="--graph"):
        rdf_files.dump(store, tmp_path / "all.nt")
    with pytest.raises(StoreError, match="no graph"):
        rdf_files.dump(store, tmp_path / "x.nt", graph=f"{EX}none")


def test_a_dump_that_was_changed_is_not_loaded(store: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.nq"
    rdf_files.dump(store, file)
    file.write_text(file.read_text().replace("한국", "미국"))

    with pytest.raises(StoreError, match="damaged"):
        rdf_files.load(tmp_path / "again", [file], agent="tester")


def test_a_load_is_all_or_nothing(store: Path, document: Path, tmp_path: Path) -> None:
    before = manifest.content_of(opened(store))
    broken = tmp_path / "broken.nt"
    broken.write_text(f"<{EX}a> <{EX}b> <{EX}c> .\n<{EX}a> <{EX}b> ? .\n")

    with pytest.raises(GraphSyntaxError) as error:
        rdf_files.load(store, [document, broken], agent="tester", graph=f"{EX}new")

    assert error.value.line == 2
    assert manifest.content_of(opened(store)) == before


def test_a_bulk_load_is_not_undone_and_a_backup_of_before_is_restored(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The history has its counts, and the message names the way back."""
    monkeypatch.setattr(rdf_files, "_PATCHED_BYTES", 0)
    before = manifest.content_of(opened(store))
    archive.backup(store, tmp_path / "backup")
    file = tmp_path / "more.nq"
    rows = [f'<{EX}s{i % 97}> <{EX}p{i % 5}> "{i}"@ko <{EX}g{i % 4}> .\n' for i in range(2000)]
    rows += [f'<{EX}s{i}> <{EX}n> "{i}" .\n' for i in range(500)]
    kept = [f"{q} .\n" for q in opened(store) if GRAPH not in str(q.graph_name)]
    new = sum("_:" in row for row in kept)  # a loaded document's blank nodes are new ones
    file.write_text("".join([*rows, *rows[:300], *kept]))

    rdf_files.load(store, [file], agent="tester")

    entry = offline.entries(store)[-1]
    assert (entry.added, entry.removed, entry.sha256) == (2500 + new, 0, None)
    assert opened(store).contains_named_graph(ox.NamedNode(f"{EX}g3"))
    with pytest.raises(StoreError, match="bulk load, which has no patch; `agendagraph restore`"):
        offline.revert(store, entry.name, agent="tester", shapes=[], validated="")
    with pytest.raises(StoreError, match="bulk load"):
        offline.patch_text(store, entry.name)
    archive.restore(tmp_path / "backup", store, replace=True)
    assert manifest.content_of(opened(store)) == before
    assert not opened(store).contains_named_graph(ox.NamedNode(f"{EX}g3"))


def test_a_bulk_load_keeps_the_history_and_the_counts(
    store: Path, tmp_path: Path, document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Packed and plain files, to a graph; a history that a dump has is passed over."""
    rdf_files.dump(store, tmp_path / "all.nq.gz")
    monkeypatch.setattr(rdf_files, "_PATCHED_BYTES", 0)

    rdf_files.load(
        tmp_path / "bulk", [document, tmp_path / "all.nq.gz"], agent="tester", graph=f"{EX}g"
    )

    (entry,) = offline.entries(tmp_path / "bulk")
    quads = [q for q in opened(tmp_path / "bulk") if GRAPH not in str(q.graph_name)]
    assert (entry.added, entry.removed, entry.sha256) == (len(quads), 0, None)
    assert {str(q.graph_name) for q in quads} == {f"<{EX}g>"}
    assert current_snapshot(tmp_path / "bulk").quads == len(opened(tmp_path / "bulk"))


def test_what_would_break_the_shapes_is_not_loaded(tmp_path: Path) -> None:
    file = tmp_path / "bad.ttl"
    file.write_text("<urn:x> a <https://w3id.org/agendagraph/ns#Coder> .")
    loaded = {"agent": "tester", "graph": GRAPH + "mine"}

    with pytest.raises(ValidationFailed):
        rdf_files.load(tmp_path / "s", [file], shapes=[SHAPES], validated=GRAPH, **loaded)
    rdf_files.load(tmp_path / "s", [file], **loaded)

    assert len(offline.entries(tmp_path / "s")) == 1


def test_an_update_is_undone_and_undone_again(store: Path) -> None:
    before = {str(q) for q in opened(store) if EX in str(q.graph_name)}
    last = offline.entries(store)[-1].name

    patch, generation = offline.revert(store, last, agent="tester", shapes=[], validated="")

    assert (len(patch.added), len(patch.removed)) == (0, 5)
    assert generation == offline.entries(store)[-1].name
    assert not opened(store).contains_named_graph(ox.NamedNode(f"{EX}g"))
    undoing = offline.entries(store)[-1]
    assert (undoing.label, undoing.removed) == (f"revert {last}", 5)
    assert [bool(entry.undone) for entry in offline.entries(store)] == [False, True, False]
    with pytest.raises(StoreError, match="already"):
        offline.revert(store, last, agent="tester", shapes=[], validated="")
    offline.revert(store, undoing.name, agent="tester", shapes=[], validated="")
    assert {str(q) for q in opened(store) if EX in str(q.graph_name)} == before


def test_an_update_that_later_ones_have_changed_is_not_undone(store: Path, tmp_path: Path) -> None:
    second = offline.entries(store)[1].name
    offline.revert(store, second, agent="tester", shapes=[], validated="")
    again = tmp_path / "one.nt"
    again.write_text(f'<{EX}b> <{EX}p> "x"@ko-KR .')
    rdf_files.load(store, [again], agent="tester", graph=f"{EX}g")

    with pytest.raises(StoreError, match="later updates"):
        offline.revert(
            store, offline.entries(store)[2].name, agent="tester", shapes=[], validated=""
        )


def test_a_patch_that_was_tampered_with_is_not_applied(store: Path) -> None:
    name = offline.entries(store)[-1].name
    patch = store / "history" / f"{name}.rdfp"
    patch.write_text(patch.read_text().replace("한국", "미국"))

    with pytest.raises(StoreError, match="SHA-256"):
        offline.revert(store, name, agent="tester", shapes=[], validated="")


def test_the_commands(document: Path, tmp_path: Path) -> None:
    """Each says on standard output what its help promises."""

    def run(command: click.Command, *arguments: object) -> list[list[str]]:
        done = CliRunner().invoke(command, [str(each) for each in arguments])
        assert done.exit_code == 0, done.output
        return [line.split("\t") for line in done.stdout.splitlines()]

    store = tmp_path / "s"
    ((quads, generation),) = run(load_command, store, document, "--graph", f"{EX}g")
    ((name, _, _, added, removed, label, undone),) = run(history_command, store)
    assert (name, added, removed, label, undone) == (generation, "5", "0", "load document.ttl", "")
    assert [row[0] for row in run(history_command, store, name)][-1] == "TC ."
    ((saved, content),) = run(backup_command, store, tmp_path / "b")
    assert saved == quads
    assert run(backup_command, store, tmp_path / "b", "--check") == [[saved, content]]
    assert run(dump_command, store, tmp_path / "d.nq") == [[saved, content]]
    assert run(restore_command, tmp_path / "b", tmp_path / "r")[0][0] == quads
    assert run(revert_command, store, name, "--no-validation")[0][:2] == ["0", "5"]


@pytest.mark.parametrize("verb", ["backup", "restore", "dump", "load", "history", "revert"])
def test_a_verb_is_listed_with_the_first_line_of_its_help(verb: str) -> None:
    import importlib

    command = getattr(importlib.import_module(f"agendagraph.cli.{verb}"), verb)
    assert VERBS[verb] == command.get_short_help_str(200)
