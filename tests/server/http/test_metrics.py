"""What runs, what is served and what waits can be read off /metrics and /ready."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agendagraph.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from conftest import Server

    Serving = Callable[..., AbstractContextManager[Server]]

TOKEN = "a-token-of-the-tests-of-metrics"


def state_of(server: Server) -> tuple[dict[str, object], str]:
    return server.client.get("/ready").json(), server.client.get("/metrics").text


def test_the_version_and_the_data_are_told(server: Server) -> None:
    ready, metrics = state_of(server)

    assert f'agendagraph_build_info{{version="{__version__}"}} 1.0' in metrics
    assert f'agendagraph_generation_info{{generation="{ready["generation"]}"}} 1.0' in metrics
    assert "\nagendagraph_store_quads 10000.0\n" in metrics
    assert "\nagendagraph_updates_waiting 0.0\n" in metrics


def test_a_store_on_disk_knows_its_size_and_its_generation(
    serving: Serving, tmp_path: Path
) -> None:
    """Also when it is too large for memory, and after each update."""
    arguments = ("--store", tmp_path / "store", "--empty", "--writable")
    on_disk = {"agendagraph.server.engine.pool:PoolLimits.snapshot_memory_bytes": 0}
    with serving(*arguments, constants=on_disk, AGENDAGRAPH_TOKEN=TOKEN) as server:
        seen = [state_of(server)]
        rows = " ".join(f"<urn:s{i}> <urn:p> {i} ." for i in range(7))
        server.client.post(
            "/update",
            data={"update": f"INSERT DATA {{ GRAPH <urn:g> {{ {rows} }} }}"},
            headers={"Authorization": f"Bearer {TOKEN}"},
        ).raise_for_status()
        seen.append(state_of(server))
        counted = server.query(
            "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", Accept="text/csv"
        ).text.split()[1]

    assert [ready["quads"] for ready, _ in seen] == [0, int(counted)]
    assert [ready["in_memory"] for ready, _ in seen] == [False, False]
    for ready, metrics in seen:
        sizes = re.findall(r"^agendagraph_store_quads (\S+)$", metrics, re.MULTILINE)
        assert [float(size) for size in sizes] == [ready["quads"]]
        assert f'agendagraph_generation_info{{generation="{ready["generation"]}"}} 1.0' in metrics
