"""The page that somebody sees who opens the server's address in a browser.

It holds a form and the shipped questions, in Korean or in English, and no script: what it does
a browser does by itself. Answers open in the format that was chosen.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse

from agendagraph.knowledge.questions import Question, questions
from agendagraph.version import __version__

if TYPE_CHECKING:
    from starlette.requests import Request

_WORDS: Final = {
    "ko": {
        "lead": "정부 의제를 SPARQL로 물어보는 곳입니다.",
        "query": "질의",
        "format": "형식",
        "ask": "묻기",
        "questions": "준비된 질문",
        "other": "English",
        "more": "서비스 설명과 데이터 통계",
        "note": "영어 번역은 공식 번역이 아닙니다. 원문은 대한민국 외교부의 것입니다.",
    },
    "en": {
        "lead": "A place to ask a government's agenda in SPARQL.",
        "query": "Query",
        "format": "Format",
        "ask": "Ask",
        "questions": "Questions, ready to ask",
        "other": "한국어",
        "more": "Service description and statistics of the data",
        "note": "The English is ours and not official. The wording is the Ministry of Foreign "
        "Affairs' of the Republic of Korea.",
    },
}
_STYLE: Final = """
:root{color-scheme:light dark}
body{font:1rem/1.6 system-ui,"Noto Sans KR","Noto Sans CJK KR",sans-serif;margin:2rem auto;
max-width:50rem;padding:0 1rem;word-break:keep-all;overflow-wrap:anywhere}
textarea{box-sizing:border-box;font:.9rem/1.5 ui-monospace,monospace;min-height:14rem;
padding:.5rem;width:100%}
button,select{font:inherit;padding:.3rem .8rem}
li{margin:.3rem 0}small{opacity:.75}nav{float:right}
"""
_POLICY: Final = (
    "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    f"style-src 'sha256-{b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
)
_FORMATS: Final = ("json", "csv", "tsv", "xml", "turtle")


async def front_page(request: Request) -> HTMLResponse:
    """Answer ``GET /`` in the language of ``?lang=``, else of the browser, else in English."""
    lang = request.query_params.get("lang", "")
    if lang not in _WORDS:
        wanted = request.headers.get("accept-language", "").lower()
        lang = "ko" if wanted.startswith("ko") else "en"
    return HTMLResponse(
        _page(lang, questions()),
        headers={
            "Content-Security-Policy": _POLICY,
            "Content-Language": lang,
            "Vary": "Accept-Language",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        },
    )


def _page(lang: str, asked: list[Question]) -> str:
    words = _WORDS[lang]
    first = escape(asked[0].query) if asked else ""
    options = "".join(f"<option>{name}</option>" for name in _FORMATS)
    items = "\n".join(_item(each, lang) for each in asked)
    other = "en" if lang == "ko" else "ko"
    return f"""<!doctype html>
<html lang="{lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Agendagraph</title>
<style>{_STYLE}</style>
<nav><a href="/?lang={other}" hreflang="{other}" lang="{other}">{words["other"]}</a></nav>
<main>
<h1>Agendagraph</h1>
<p>{words["lead"]} <code>/sparql</code></p>
<form action="/sparql" method="get">
<p><label for="query">{words["query"]}</label><br>
<textarea id="query" name="query" spellcheck="false" required>{first}</textarea></p>
<p><label>{words["format"]} <select name="format">{options}</select></label>
<button>{words["ask"]}</button></p>
</form>
<h2>{words["questions"]}</h2>
<ol>
{items}
</ol>
<p><a href="/sparql?format=turtle">{words["more"]}</a></p>
<p><small>Agendagraph {__version__}. {words["note"]}</small></p>
</main>
</html>
"""


def _item(question: Question, lang: str) -> str:
    address = "/sparql?" + urlencode({"query": question.text, "format": "json"})
    return (
        f'<li><a href="{escape(address)}">{escape(question.title[lang])}</a><br>'
        f"<small>{escape(question.question[lang])}</small></li>"
    )
