"""Only who has a token that may write can write; nothing else about a request helps."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from agendagraph.errors import AgendaError
from agendagraph.server.http.auth import Tokens
from agendagraph.sparql.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    import httpx
    from conftest import Server

    Serving = Callable[..., AbstractContextManager[Server]]

LINES = [
    "# the operator",
    "",
    "s3cret-s3cret-s3cret",
    "write/alice:w:with:colons-in-it",
    "read:r3ad-r3ad-r3ad-r3ad",
]


def scope(authorization: str | None) -> dict[str, object]:
    headers = [] if authorization is None else [(b"authorization", authorization.encode())]
    return {"headers": headers}


@pytest.mark.parametrize(
    ("authorization", "right", "who"),
    [
        ("Bearer s3cret-s3cret-s3cret", "write", "operator"),
        ("bearer   s3cret-s3cret-s3cret", "write", "operator"),
        ("Bearer w:with:colons-in-it", "write", "alice"),
        ("Bearer w:with:colons-in-it", "read", "alice"),
        ("Bearer r3ad-r3ad-r3ad-r3ad", "read", "reader"),
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
        ("Bearer s3cret-s3cret-s3cre", Reason.UNKNOWN_TOKEN),
        ("Bearer s3cret-s3cret-s3crett", Reason.UNKNOWN_TOKEN),
        ("Basic czNjcmV0", Reason.UNAUTHORIZED),
        ("Bearer # the operator", Reason.UNKNOWN_TOKEN),
        ("Bearer read:r3ad-r3ad-r3ad-r3ad", Reason.UNKNOWN_TOKEN),
        ("Bearer r3ad-r3ad-r3ad-r3ad", Reason.INSUFFICIENT_SCOPE),
    ],
)
def test_who_may_not_write(authorization: str | None, reason: Reason) -> None:
    with pytest.raises(Refusal) as refused:
        Tokens(LINES).require(scope(authorization), "write")
    assert refused.value.reason is reason


def test_anybody_reads_until_there_is_a_token_for_reading() -> None:
    assert Tokens(["s3cret-s3cret-s3cret"]).require(scope(None), "read") == "anonymous"
    with pytest.raises(Refusal):
        Tokens(LINES).require(scope(None), "read")


def test_no_token_is_kept() -> None:
    tokens = Tokens(LINES)
    kept = repr(vars(tokens))
    assert "s3cret-s3cret-s3cret" not in kept
    assert "r3ad-r3ad-r3ad-r3ad" not in kept


@pytest.mark.parametrize("line", ["two words", "write/a b:c", "read:", "write/:x y"])
def test_a_line_that_is_no_token(line: str) -> None:
    with pytest.raises(AgendaError, match="line 2"):
        Tokens(["fine-fine-fine-fine", line])


UPDATE = {"Content-Type": "application/sparql-update"}


def test_a_server_with_scopes(serving: Serving, tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text("\n".join(LINES))
    with serving("--empty", "--writable", "--token-file", file) as server:
        client = server.client

        nobody, reader, alice = (
            {"Authorization": f"Bearer {token}"}
            for token in ("x", "r3ad-r3ad-r3ad-r3ad", "w:with:colons-in-it")
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
        assert "token is invalid" in write(client, nobody).json()["message"]["en"]
        assert "error" not in write(client, {}).headers["www-authenticate"]
        assert_challenged(write(client, reader), 403, 'error="insufficient_scope"')
        assert write(client, alice).status_code == 204
        assert write(client, {"Cookie": "token=s3cret-s3cret-s3cret"}).status_code == 401
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
    with serving("--empty", "--writable", AGENDAGRAPH_TOKEN="s3cret-s3cret-s3cret") as server:
        text = "INSERT DATA { <http://a/> <http://b/> '" + "x" * (1 << 20) + "' }"
        response = server.client.post("/update", content=text, headers=UPDATE)
        assert response.status_code == 401


@pytest.mark.server
@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("", "holds no token", id="an empty file"),
        pytest.param("read:r3ad-r3ad-r3ad-r3ad", "may write", id="nobody could write"),
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


@pytest.mark.parametrize(
    ("token", "warned"), [("write/alice:123456789012345", True), ("1234567890123456", False)]
)
def test_a_token_that_could_be_guessed_is_warned_of_and_never_told(
    caplog: pytest.LogCaptureFixture,
    token: str,
    warned: bool,  # noqa: FBT001
) -> None:
    assert Tokens(["# ours", token]).can_write

    assert ("line 2 of the token file: the token has 15 characters" in caplog.text) is warned
    assert "1234567890" not in caplog.text


@pytest.mark.parametrize(("mode", "warned"), [(0o600, False), (0o640, False), (0o644, True)])
def test_a_token_file_that_everybody_can_read_is_warned_of(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    mode: int,
    warned: bool,  # noqa: FBT001
) -> None:
    file = tmp_path / "tokens"
    file.write_text("\n".join(LINES))
    file.chmod(mode)

    Tokens.of(file, None)

    assert [f"chmod 600 {file}" in line for line in caplog.messages] == [True] * warned


def test_a_warning_of_the_start_is_seen(serving: Serving, tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text("\n".join(LINES))
    file.chmod(0o644)
    with serving("--empty", "--token-file", file) as server:
        assert f"chmod 600 {file}" in server.errors.read_text()


def test_a_page_may_read_with_a_token_and_not_write(serving: Serving, tmp_path: Path) -> None:
    """What a browser asks before, and what it lets a page see of a refusal."""
    file = tmp_path / "tokens"
    file.write_text("\n".join(LINES))
    with serving("--empty", "--writable", "--token-file", file) as server:
        for path in ("/sparql", "/graphs?default", "/api/networks"):
            asked = server.client.options(
                path,
                headers={"Origin": "https://a.example", "Access-Control-Request-Method": "GET"},
            )
            allowed = asked.headers["access-control-allow-headers"].lower()
            assert "authorization" in allowed.split(", "), path
            assert asked.headers["access-control-allow-origin"] == "*"
            assert "access-control-allow-credentials" not in asked.headers
            assert "PUT" not in asked.headers["access-control-allow-methods"]
            refused = server.client.get(path)
            assert refused.status_code == 401
            assert refused.headers["access-control-allow-origin"] == "*"
        reader = {"Authorization": "Bearer r3ad-r3ad-r3ad-r3ad"}
        written = server.client.put("/graphs?default", content=b"", headers=reader)
        assert (written.status_code, written.headers.get("access-control-allow-origin")) == (
            403,
            "*",
        )
