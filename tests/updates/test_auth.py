"""Only who has a token that may write can write; nothing else about a request helps."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from agendagraph.errors import AgendaError
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.web.auth import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    import httpx
    from conftest import Server

    Serving = Callable[..., AbstractContextManager[Server]]

LINES = ["# the operator", "", "s3cret", "write/alice:w:with:colons", "read:r3ad"]


def scope(authorization: str | None) -> dict[str, object]:
    headers = [] if authorization is None else [(b"authorization", authorization.encode())]
    return {"headers": headers}


@pytest.mark.parametrize(
    ("authorization", "right", "who"),
    [
        ("Bearer s3cret", "write", "operator"),
        ("bearer   s3cret", "write", "operator"),
        ("Bearer w:with:colons", "write", "alice"),
        ("Bearer w:with:colons", "read", "alice"),
        ("Bearer r3ad", "read", "reader"),
    ],
)
def test_a_token_says_who_it_is(authorization: str, right: str, who: str) -> None:
    assert Tokens(LINES).require(scope(authorization), right) == who


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [
        (None, Reason.UNAUTHORIZED),
        ("", Reason.UNAUTHORIZED),
        ("Bearer", Reason.UNAUTHORIZED),
        ("Bearer s3cre", Reason.UNAUTHORIZED),
        ("Bearer s3crett", Reason.UNAUTHORIZED),
        ("Basic czNjcmV0", Reason.UNAUTHORIZED),
        ("Bearer # the operator", Reason.UNAUTHORIZED),
        ("Bearer read:r3ad", Reason.UNAUTHORIZED),
        ("Bearer r3ad", Reason.INSUFFICIENT_SCOPE),
    ],
)
def test_who_may_not_write(authorization: str | None, reason: Reason) -> None:
    with pytest.raises(Refusal) as refused:
        Tokens(LINES).require(scope(authorization), "write")
    assert refused.value.reason is reason


def test_anybody_reads_until_there_is_a_token_for_reading() -> None:
    assert Tokens(["s3cret"]).require(scope(None), "read") == "anonymous"
    with pytest.raises(Refusal):
        Tokens(LINES).require(scope(None), "read")


def test_no_token_is_kept() -> None:
    tokens = Tokens(LINES)
    kept = repr(vars(tokens))
    assert "s3cret" not in kept
    assert "r3ad" not in kept


@pytest.mark.parametrize("line", ["two words", "write/a b:c", "read:", "write/:x y"])
def test_a_line_that_is_no_token(line: str) -> None:
    with pytest.raises(AgendaError, match="line 2"):
        Tokens(["fine", line])


UPDATE = {"Content-Type": "application/sparql-update"}


def test_a_server_with_scopes(serving: Serving, tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text("\n".join(LINES))
    with serving("--empty", "--writable", "--token-file", file) as server:
        client = server.client

        nobody, reader, alice = (
            {"Authorization": f"Bearer {token}"} for token in ("x", "r3ad", "w:with:colons")
        )
        query = {"query": "ASK {}"}
        assert client.get("/sparql", params=query).status_code == 401
        assert client.get("/sparql", params=query, headers=nobody).status_code == 401
        assert client.get("/sparql", params=query, headers=reader).status_code == 200
        assert client.get("/graphs?default").status_code == 401
        assert client.get("/graphs?default", headers=reader).status_code == 200
        assert (
            "private"
            in client.get("/sparql", params=query, headers=reader).headers["cache-control"]
        )
        assert_challenged(write(client, {}), 401, 'Bearer realm="agendagraph"')
        assert_challenged(write(client, nobody), 401, 'error="invalid_token"')
        assert_challenged(write(client, reader), 403, 'error="insufficient_scope"')
        assert write(client, alice).status_code == 204
        assert write(client, {"Cookie": "token=s3cret"}).status_code == 401
        assert client.put("/graphs/x", headers={"Content-Type": "text/turtle"}).status_code == 401
        written = client.get(
            "/graphs",
            params={"graph": "https://w3id.org/agendagraph/graph/updates"},
            headers=alice,
        )
        assert "agent/alice" in written.text


def write(client: httpx.Client, headers: dict[str, str]) -> httpx.Response:
    text = "INSERT DATA { <http://a/> <http://b/> 1 }"
    return client.post("/update", content=text, headers={**UPDATE, **headers})


def assert_challenged(response: httpx.Response, status: int, challenge: str) -> None:
    assert response.status_code == status
    assert challenge in response.headers["www-authenticate"]


def test_the_body_of_a_stranger_is_not_read(serving: Serving) -> None:
    """A megabyte from somebody without a token does not even arrive."""
    with serving("--empty", "--writable", AGENDAGRAPH_TOKEN="s3cret") as server:
        text = "INSERT DATA { <http://a/> <http://b/> '" + "x" * (1 << 20) + "' }"
        response = server.client.post("/update", content=text, headers=UPDATE)
        assert response.status_code == 401


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("", "holds no token", id="an empty file"),
        pytest.param("read:r3ad", "may write", id="nobody could write"),
        pytest.param("a b c", "line 1", id="no token"),
    ],
)
def test_a_writable_server_that_nobody_could_write_to_does_not_start(
    tmp_path: Path, content: str, said: str
) -> None:
    file = tmp_path / "tokens"
    file.write_text(content)
    command = [sys.executable, "-c", "from agendagraph.cli import main; main()", "serve"]
    done = subprocess.run(
        [*command, "--port", "0", "--empty", "--writable", "--token-file", str(file)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
