"""How the suite is collected, divided into groups, and distributed over worker processes.

Each test is in one group, which is a marker of the same name: ``pytest -m fast``. A test of
``tests/hostile`` is ``hostile``; a test whose fixtures start a server or a browser is ``server``;
any other is ``fast``. A module or test may name its group itself, with the marker.
See ``.ci/decisions/0013-test-groups.md``.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.doctest import DoctestModule
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

GROUPS = ("hostile", "server", "slow", "fast")
"""In the order in which workers take them: those that wait most begin first."""
STARTS_A_SERVER = {
    *("start_server", "serving", "server", "opening", "browser"),
    *("oxigraph", "virtuoso", "peer"),
}
"""Fixtures that start a server, a process of one, or a browser."""
SERVER_PROCESSES = ("agendagraph.server.", "agendagraph.processes.zygote")
"""Modules that a server starts as processes."""
HOSTILE = "tests/hostile"
OWN_SERVER = {"test_bit_flips.py", "test_pages.py", "test_requests_to_others.py", "test_uploads.py"}
"""Hostile modules that leave the server of the others alone."""
MEASURED = {
    *("tests/server/http/test_limits.py", "tests/server/engine/test_engine.py"),
    "tests/peers/test_serve_remote.py",
}
"""Modules that measure time although they are not hostile."""
LOWER_PRIORITY = 15
"""Niceness of the workers beside the one that measures, and of the servers that they start."""
WORKERS_PER_CORE = 1.5
"""Tests of servers wait for limits, and use no processor meanwhile; fast ones never wait."""


def pytest_configure() -> None:
    """Keep compiled modules, also for servers: each of 100 would compile 500 modules again."""
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.addaudithook(_forbid_servers)


# Collection


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path,
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Collect a test module as such only.

    A module that fails to import half-exists afterwards. Collected for doctests first, and then
    for tests, it counted as a module without tests, and its error as a skipped doctest.
    """
    collectors = yield
    if file_path.name.startswith("test_"):
        return [each for each in collectors if not isinstance(each, DoctestModule)]
    return collectors


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Import no hostile tests for ``-m fast``: their tables are large."""
    fast = config.option.markexpr == "fast"
    return True if fast and collection_path.name == "hostile" else None


@pytest.hookimpl(tryfirst=True)  # before -m selects
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test with its group; in a worker, put the groups in order."""
    for item in items:
        named = _named_groups(item)
        if not named:
            item.add_marker(_group_by_place(item))
        elif len(named) > 1:
            message = f"{item.nodeid} is in two groups: {', '.join(sorted(named))}"
            raise pytest.UsageError(message)
    if "soak" not in config.option.markexpr:
        soak = [item for item in items if item.get_closest_marker("soak")]
        config.hook.pytest_deselected(items=soak)
        items[:] = [item for item in items if item not in soak]
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: GROUPS.index(group(item)))  # stable: modules stay together


def group(item: pytest.Item) -> str:
    """Return the group of a collected test."""
    (name,) = _named_groups(item)
    return name


def _named_groups(item: pytest.Item) -> set[str]:
    return {mark.name for mark in item.iter_markers() if mark.name in GROUPS}


def _group_by_place(item: pytest.Item) -> str:
    if "hostile" in item.path.parts:
        return "hostile"
    starts = STARTS_A_SERVER.intersection(getattr(item, "fixturenames", ()))
    return "server" if starts else "fast"


# Distribution


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Start workers for the whole suite or a group; what names its tests runs in one process."""
    by_path = config.args_source is not pytest.Config.ArgsSource.TESTPATHS
    if by_path or any(config.getoption(name, None) for name in ("keyword", "collectonly", "lf")):
        return 0
    cores = len(os.sched_getaffinity(0))
    return cores if config.option.markexpr == "fast" else int(WORKERS_PER_CORE * cores)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:  # noqa: ANN401 - xdist's
    """Send a module as a whole to a worker, as the servers of most fixtures are a module's."""
    return ModuleScheduling(config, log)


class ModuleScheduling(LoadScopeScheduling):
    """A scope is a test module, or the folder of package modules with doctests.

    Modules that measure time are one scope: so one worker runs them, one after the other.
    """

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        folder = module.rpartition("/")[0]
        if measures(module):
            return HOSTILE
        return folder if folder.startswith("api/") else module


def measures(module: str) -> bool:
    """Return whether a module measures time, which other workers must not spoil."""
    folder, _, name = module.rpartition("/")
    return module in MEASURED or (folder == HOSTILE and name not in OWN_SERVER)


_first: list[str] = []


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Lower the priority of a worker that does not begin with the modules that measure.

    With equal priority, a few lookups beside the attacks took longer than their limit of 0.5 s.
    """
    if not _first and hasattr(item.config, "workerinput"):
        _first.append(item.nodeid)
        if not measures(item.nodeid.partition("::")[0]):
            os.nice(LOWER_PRIORITY)


# A fast test starts no server

_running: list[str] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Remember which group runs."""
    _running[:] = [group(item)]
    try:
        return (yield)
    finally:
        _running.clear()


def _forbid_servers(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse to start a server, a process of one, or a browser in a test of the group ``fast``."""
    if event != "subprocess.Popen" or _running != ["fast"]:
        return
    command = [str(argument) for argument in arguments[1]]
    assert "serve" not in command, f"a fast test starts a server: {command}"
    for argument in command:
        assert "playwright" not in argument, f"a fast test starts a browser: {command}"
        assert not argument.startswith(SERVER_PROCESSES), (
            f"a fast test starts a process of the server: {command}"
        )
