"""The query log names who wrote and what was rejected, in lines that no client can forge."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from conftest import Server

    Serving = Callable[..., AbstractContextManager[Server]]

UPDATE = {"update": "INSERT DATA { <urn:a> <urn:b> 1 }"}


def lines_of(log: Path, how_many: int) -> list[dict[str, Any]]:
    """Return the lines of *log* as soon as there are so many."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        lines = log.read_text("utf-8").splitlines()
        if len(lines) >= how_many:
            return [json.loads(line) for line in lines]
        time.sleep(0.05)
    raise AssertionError(f"{lines} instead of {how_many} lines")


def test_writes_and_refusals_have_a_line_and_reading_has_none_but_the_querys(
    serving: Serving, tmp_path: Path
) -> None:
    tokens, log = tmp_path / "tokens", tmp_path / "log"
    tokens.write_text("write/alice:a-token-for-this-test\n")
    alice = {"Authorization": "Bearer a-token-for-this-test"}
    arguments = ["--empty", "--writable", "--token-file", tokens, "--query-log", log]
    with serving(*arguments) as server:
        client = server.client
        client.get("/health")
        client.get("/")
        client.get("/sparql", params={"query": "ASK {}"})
        client.post("/sparql", data={"query": "ASK { }"})
        client.get("/sparql", params={"query": "ASK {}", "timeout": "never"})
        client.post("/update", data=UPDATE)
        client.post("/update", data=UPDATE, headers={"Authorization": "Bearer guessed-guessed"})
        client.post("/update", data=UPDATE, headers=alice)
        client.put("/graphs/new", content="<urn:a> <urn:b> 1 .", headers=alice)
        client.get("/no%0A{such}\u202eplace?token=secret")
        lines = lines_of(log, 8)
        refused = [
            line
            for line in client.get("/metrics").text.splitlines()
            if line.startswith("agendagraph_requests_refused_total")
        ]

    rows = [(line.get("method"), line.get("path"), line["status"]) for line in lines]
    assert rows == [
        (None, None, 200),
        (None, None, 200),
        ("GET", "/sparql", 400),
        ("POST", "/update", 401),
        ("POST", "/update", 401),
        ("POST", "/update", 204),
        ("PUT", "/graphs/new", 415),
        ("GET", "/no\n{such}\u202eplace", 404),
    ]
    assert [line.get("agent") for line in lines[3:7]] == [None, None, "alice", "alice"]
    assert "secret" not in json.dumps(lines)
    assert sorted(line.split(" ")[0].partition("status=")[2] for line in refused) == [
        '"400"}',
        '"401"}',
        '"404"}',
        '"415"}',
    ]
