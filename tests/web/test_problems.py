"""Every reason has a status and words in both languages, and no fault of a user is a 500."""

from __future__ import annotations

import json
import re

import pytest

from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.web import problems


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_its_row(reason: Reason) -> None:
    entry = problems.TABLE[reason]

    assert 400 <= entry.status < 600
    assert (entry.status == 500) == (reason is Reason.FAULT)
    assert re.search("[가-힣]", entry.title_ko)
    assert re.search("[가-힣]", entry.detail_ko)
    assert set(re.findall(r"{\w+}", entry.detail_en)) == set(re.findall(r"{\w+}", entry.detail_ko))


def test_facts_fill_the_words_and_are_members() -> None:
    told = json.loads(problems.document(Refusal(Reason.TIME_LIMIT, limit_s=2.5)))

    assert told["limit_s"] == 2.5
    assert "2.5 s" in told["message"]["en"]
    assert "2.5초" in told["message"]["ko"]
    assert told["type"].endswith("/problem/time-limit")


def test_a_hostile_fact_is_text_and_nothing_else() -> None:
    """Braces, control characters and lone surrogates in what a client sent."""
    hostile = "{status} \x00\r\n<script> \ud800"

    told = json.loads(problems.document(Refusal(Reason.BAD_REQUEST, problem=hostile)))

    assert told["status"] == 400
    assert "{status}" in told["detail"]
