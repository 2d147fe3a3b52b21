"""A flipped bit on the disk is reported, or changes nothing: no dump is silently wrong.

Goal G8. One bit of one file of a store, anywhere; then ``agendagraph dump``.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agendagraph.store.generations import StoreDirectory, current_snapshot
from agendagraph.store.initialise import fill

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, data_file: Path) -> Path:
    path = tmp_path_factory.mktemp("flips") / "store"
    with StoreDirectory(path, writable=True) as directory:
        fill(directory, "files", str(data_file))
    return path


def dump(store: Path, file: Path) -> tuple[int, str, str]:
    """Dump in a process of its own: status, the quads with their hash, what was said."""
    done = subprocess.run(
        [sys.executable, "-m", "agendagraph", "dump", str(store), str(file)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout.strip(), done.stderr


def flipped(store: Path, copies: Path, number: int, chance: random.Random) -> Iterator[Path]:
    """Yield copies of the store, each with another bit turned around, half of them in a table."""
    for at in range(number):
        copy = shutil.copytree(store, copies / str(at))
        files = sorted(each for each in copy.rglob("*") if each.is_file() and each.stat().st_size)
        tables = [each for each in files if each.suffix == ".sst"]
        file = chance.choice(tables if at % 2 else files)
        data = bytearray(file.read_bytes())
        bit = chance.randrange(len(data) * 8)
        data[bit // 8] ^= 1 << bit % 8
        file.write_bytes(data)
        yield copy
        shutil.rmtree(copy)


@pytest.mark.parametrize(
    "number",
    [10, pytest.param(100, marks=[pytest.mark.soak, pytest.mark.timeout(0)])],
)
def test_no_dump_is_silently_wrong(store: Path, tmp_path: Path, number: int) -> None:
    status, right, said = dump(store, tmp_path / "right.nq")
    assert status == 0, said
    assert Path(current_snapshot(store).path).is_dir()
    chance = random.Random(number)  # noqa: S311 - the same bits every time

    outcomes = []
    for at, copy in enumerate(flipped(store, tmp_path, number, chance)):
        status, found, said = dump(copy, tmp_path / f"{at}.nq")
        outcomes.append(status)
        if status == 0:
            assert found == right, f"flip {at} is a wrong dump"
            assert sorted((tmp_path / f"{at}.nq").read_bytes().splitlines()) == sorted(
                (tmp_path / "right.nq").read_bytes().splitlines()
            )
        else:
            assert (status, "Traceback" in said) == (2, False), said
            assert "cannot" in said or "damaged" in said

    print(f"{number} flips: {outcomes.count(0)} without effect, others told")  # noqa: T201
    assert any(outcomes), "no flip was ever noticed"


def test_a_store_that_does_not_say_what_is_current_is_told_to_be_damaged(
    store: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(store, tmp_path / "copy"))
    (copy / "current").write_bytes(b"0000\xb0000")

    status, _, said = dump(copy, tmp_path / "out.nq")

    assert (status, "Traceback" in said) == (2, False), said
    assert "damaged" in said
