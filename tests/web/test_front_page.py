"""Who opens the server's address in a browser finds a form and questions that work."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Server


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        pytest.param({}, "ko-KR,ko;q=0.9", "ko", id="a Korean browser"),
        pytest.param({}, "fr", "en", id="any other browser"),
        pytest.param({"lang": "ko"}, "en", "ko", id="the reader's choice"),
        pytest.param({"lang": "xx"}, "en", "en", id="a language that we do not have"),
    ],
)
def test_the_page_speaks_the_readers_language(
    server: Server, asked: dict[str, str], accepted: str, language: str
) -> None:
    page = server.client.get("/", params=asked, headers={"Accept-Language": accepted})

    assert page.status_code == 200
    assert page.headers["content-language"] == language
    assert f'<html lang="{language}">' in page.text


def test_every_question_on_the_page_is_answered(server: Server) -> None:
    page = server.client.get("/", params={"lang": "en"}).text
    links = [html.unescape(link) for link in re.findall(r'href="(/sparql\?query=[^"]+)"', page)]

    assert len(links) == 25
    assert {server.client.get(link).status_code for link in links} == {200}


def test_the_page_runs_no_script(server: Server) -> None:
    page = server.client.get("/")

    assert "<script" not in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_head_answers_without_a_body(server: Server) -> None:
    assert server.client.head("/").content == b""
