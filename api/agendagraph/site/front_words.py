"""What the front page says in Korean and in English, and the questions that it asks of any data.

The licences and the citation are those of README.md and LICENSE; a test compares them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from agendagraph.namespaces import BASE, GRAPH, PREFIXES
from agendagraph.version import __version__

CITATION: Final = (
    f"Agendagraph, version {__version__} (2026): the policy tasks of the Korean Ministry of Foreign"
    " Affairs as a knowledge graph."
)
CITED_AS: Final = BASE
CC_BY: Final = "https://creativecommons.org/licenses/by/4.0/"

WORDS: Final = {
    "ko": {
        "lead": "정부가 공표한 의제를 SPARQL로 물어보는 곳입니다. 아래에 질의를 쓰거나, "
        "준비된 질문을 골라 묻거나 고쳐 보십시오.",
        "questions": "준비된 질문",
        "ask": "묻기",
        "edit": "고치기",
        "inside": "무엇이 들어 있는가",
        "prefixes": "접두어",
        "paste": "이 접두어로 질의 쓰기",
        "parameters": "주소의 매개변수와 한도",
        "programs": "프로그램을 위한 주소",
        "licence": "이용 조건과 인용",
        "code": "코드",
        "data": "어휘와 표와 그래프",
        "wording": "의제의 문구는 대한민국 외교부의 것입니다. "
        "영어 번역은 우리가 한 것이며 공식 번역이 아닙니다.",
        "cite": "이렇게 인용해 주십시오",
        "networks": "나라와 기구의 네트워크 (JSON)",
        "openapi": "모든 주소의 설명 (OpenAPI)",
        "service": "서비스 설명과 데이터 통계 (VoID, Turtle)",
        "query": "질의. POST로도 보낼 수 있습니다. {kib:,} KiB까지.",
        "format": "답의 형식. Accept 머리글보다 앞섭니다.",
        "timeout": "초 단위 시간 한도 (5, 0.5s, 500ms). 서버의 한도인 {seconds:g}초보다 짧게 "
        "줄일 때 씁니다.",
        "graphs": "질의가 볼 그래프의 IRI. 여러 번 쓸 수 있습니다.",
        "lang": "화면의 언어: ko, en.",
        "size": "답은 {mib:,} MiB까지입니다.",
        "rows": "{rows:,}행이 넘는 답은 잘리며, 잘렸다고 알립니다.",
        "no rows": "행 수에는 한도가 없습니다.",
        "beside": "느린 질의는 한 주소에서 {slow}개까지 함께 돌고, {waiting}개까지 기다립니다.",
        "method": "SELECT와 ASK: {results}. CONSTRUCT와 DESCRIBE: {graphs}. 모두: html.",
    },
    "en": {
        "lead": "Ask a government's published agenda in SPARQL: write a query, or take one of the "
        "questions below, ask it, and change it.",
        "questions": "Questions, ready to ask",
        "ask": "ask",
        "edit": "edit",
        "inside": "What is in here",
        "prefixes": "Prefixes",
        "paste": "Begin a query with them",
        "parameters": "Parameters of the address, and limits",
        "programs": "Addresses for programs",
        "licence": "Licences, and how to cite",
        "code": "Code",
        "data": "Vocabulary, tables and graph",
        "wording": "The wording of the agenda is the Ministry of Foreign Affairs' of the Republic "
        "of Korea. The English is ours and not official.",
        "cite": "Cite it as",
        "networks": "Networks of countries and organisations (JSON)",
        "openapi": "Description of every address (OpenAPI)",
        "service": "Service description and statistics of the data (VoID, Turtle)",
        "query": "The query, by GET or POST; up to {kib:,} KiB.",
        "format": "The format of the answer; it outranks the Accept header.",
        "timeout": "A limit of time in seconds (5, 0.5s, 500ms), shorter than the server's own "
        "{seconds:g} s.",
        "graphs": "IRI of a graph that the query sees; may be repeated.",
        "lang": "The language of pages: ko, en.",
        "size": "An answer may have {mib:,} MiB.",
        "rows": "An answer of more than {rows:,} rows is cut, and says so.",
        "no rows": "There is no limit of rows.",
        "beside": "{slow} slow queries of one address run at once, and {waiting} may wait.",
        "method": "SELECT and ASK: {results}. CONSTRUCT and DESCRIBE: {graphs}. Any: html.",
    },
}


@dataclass(frozen=True, slots=True)
class Ready:
    """A question about the data itself: its words by language, and its query."""

    title: dict[str, str]
    query: str


_PROLOGUE: Final = "".join(f"PREFIX {p}: <{PREFIXES[p]}>\n" for p in ("owl", "rdfs", "skos")) + "\n"


def _terms(kind: str, use: str, more: str = "") -> str:
    """Return the query for the terms of the vocabulary, with how often each is used."""
    return f"""{_PROLOGUE}SELECT ?term ?label_ko ?label_en ?definition{more} (COUNT(?s) AS ?uses)
WHERE {{
  GRAPH <{GRAPH}ontology> {{
    VALUES ?kind {{ {kind} }}
    ?term a ?kind ; rdfs:label ?label_ko , ?label_en .
    FILTER (lang(?label_ko) = "ko" && lang(?label_en) = "en")
    OPTIONAL {{ ?term skos:definition ?definition FILTER (lang(?definition) = "en") }}
    FILTER (isIRI(?term))
  }}
  OPTIONAL {{ {use} }}
}}
GROUP BY ?term ?label_ko ?label_en ?definition{more}
ORDER BY ?term
"""


READY: Final = (
    Ready(
        {"ko": "어휘의 클래스와 그 뜻", "en": "Classes of the vocabulary, and what they mean"},
        _terms("owl:Class", "?s a ?term"),
    ),
    Ready(
        {"ko": "어휘의 속성과 그 뜻", "en": "Properties of the vocabulary, and what they mean"},
        _terms("owl:ObjectProperty owl:DatatypeProperty", "?s ?term ?o"),
    ),
    Ready(
        {"ko": "분류 체계와 그 개념", "en": "Schemes, and their concepts"},
        f"""PREFIX skos: <{PREFIXES["skos"]}>

SELECT ?scheme ?concept ?label
WHERE {{
  ?concept skos:inScheme ?scheme ; skos:prefLabel ?label .
}}
ORDER BY ?scheme ?concept ?label
""",
    ),
    Ready(
        {"ko": "그래프와 그 크기", "en": "Graphs, and their sizes"},
        """SELECT ?graph (COUNT(*) AS ?statements)
WHERE { GRAPH ?graph { ?s ?p ?o } }
GROUP BY ?graph
ORDER BY ?graph
""",
    ),
    Ready(
        {"ko": "쓰인 모든 클래스와 그 수", "en": "Every class in use, and how often"},
        """SELECT ?class (COUNT(DISTINCT ?thing) AS ?things)
WHERE { ?thing a ?class }
GROUP BY ?class
ORDER BY DESC(?things) ?class
""",
    ),
)
"""Questions that show what there is to ask about."""
