"""A page of another ministry becomes a draft agenda that the build can read."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from agendagraph import files
from agendagraph.agenda.pipeline.assembly import agenda_graphs
from agendagraph.agenda.pipeline.capture import read_capture
from agendagraph.agenda.pipeline.ingest.commitments import Codebook
from agendagraph.agenda.pipeline.ingest.draft import (
    Draft,
    Request,
    agenda_row,
    ingest,
    read_and_link,
)
from agendagraph.agenda.pipeline.ingest.draft_tables import draft_tables
from agendagraph.agenda.pipeline.sources import AgendaSource
from agendagraph.agenda.pipeline.tables.reading import Tables, read_agenda_tables
from agendagraph.agenda.pipeline.tables.rows import EngagementRow, ResponsibilityRow
from agendagraph.agenda.source import read_page
from agendagraph.errors import SourceError, StoreError, TableError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

PAGE = """\
통일부 국정과제

남북관계

□ 남북관계 정상화 (외교부·국방부와 공동주관)
  [과제목표]
   ○ 한미 공조를 바탕으로 남북관계 정상화 추진
  [주요내용]
   ○ 북한인권 증진
     국제사회와 협력하여 북한 주민의 인권 개선
     - 유엔 총회에서 북한인권결의 채택 지원, ㅁㅁ재단 지원 확대
     - 북한의 비핵화 진전 시 2025년까지 대북 지원 300억원 확대
  [기대효과]
   ○ 한반도 평화 정착

담당부서: 통일정책실
"""
REQUEST = Request(agenda="kr-mou-2022", body="kr/mou", published="2022-07-26")


@pytest.fixture(scope="module")
def drafted(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> tuple[Draft, Path]:
    folder = tmp_path_factory.mktemp("ingest") / "draft"
    page = read_and_link(PAGE.encode(), name="mou.txt", tables=tables)
    return ingest(page, REQUEST, folder, tables=tables), folder


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    path = folder / "tables" / "kr-mou-2022" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def statements(turtle: str, predicate: str) -> list[str]:
    """Return what the Turtle says with a predicate, in its order."""
    lines = (line.strip() for line in turtle.splitlines())
    return [line.rstrip(" .;") for line in lines if line.startswith(f"{predicate} ")]


def test_the_draft_has_its_files(drafted: tuple[Draft, Path]) -> None:
    _, folder = drafted

    assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()) == [
        "findings.tsv",
        "graph/kr-mou-2022/analysis.ttl",
        "graph/kr-mou-2022/derived.ttl",
        "graph/kr-mou-2022/document.ttl",
        "review.csv",
        "review.md",
        "source/kr-mou-2022.toml",
        "source/kr-mou-2022.txt",
        *(
            f"tables/kr-mou-2022/{name}.csv"
            for name in (
                "agenda",
                "coders",
                "commitments",
                "dates",
                "engagements",
                "errata",
                "invocations",
                "labels",
                "policy_lines",
                "promises",
                "quantities",
                "responsibilities",
                "themes",
            )
        ),
    ]


def test_the_capture_is_copied_byte_for_byte_and_described(drafted: tuple[Draft, Path]) -> None:
    _, folder = drafted

    capture = read_capture(folder / "source", "kr-mou-2022")

    assert capture.data == PAGE.encode()
    assert capture.description.publisher == "body/kr/mou"
    assert capture.description.source_url is None


def test_the_agenda_knows_its_government(drafted: tuple[Draft, Path]) -> None:
    _, folder = drafted

    (agenda,) = rows(folder, "agenda")

    assert agenda["term"] == "yoon-suk-yeol"
    assert agenda["title_ko"] == "통일부 국정과제"
    assert agenda["title_en"] == "Policy Tasks of the Ministry of Unification"


def test_commitments_are_drafted_with_their_deeds_and_conditions(
    drafted: tuple[Draft, Path],
) -> None:
    _, folder = drafted

    found = {row["id"]: row for row in rows(folder, "commitments")}

    assert found["g1/c1/a1/k2"]["quote"] == "ㅁㅁ재단 지원 확대"
    assert found["g1/c1/a1/k2"]["action_type"] == "expand"
    assert found["g1/c1/a2/k1"]["condition"] == "북한의 비핵화 진전 시"
    assert "g1/e1/k1" not in found


def test_engagements_are_drafted_and_their_roles_left_open(drafted: tuple[Draft, Path]) -> None:
    _, folder = drafted

    found = [
        (row["commitment"], row["counterpart"], row["explicitness"])
        for row in rows(folder, "engagements")
    ]

    assert ("g1/o1/k1", "country/usa", "abbreviated") in found
    assert ("g1/c1/lead/k1", "unnamed-actor/international-community", "generic") in found
    assert ("g1/c1/lead/k1", "country/prk", "named") in found
    assert not any("country/kor" in row for row in found)
    assert {(row["role"], row["stance"]) for row in rows(folder, "engagements")} == {("", "")}


def test_leads_are_read_from_the_parenthesis(drafted: tuple[Draft, Path]) -> None:
    _, folder = drafted

    found = [(row["body"], row["role"], row["quote"]) for row in rows(folder, "responsibilities")]

    assert found == [
        ("body/kr/mou", "lead", ""),
        ("body/kr/mofa", "co-lead", "외교부"),
        ("body/kr/mnd", "co-lead", "국방부"),
    ]


def test_an_event_calls_the_country_in_its_name(tables: Tables) -> None:
    text = PAGE.replace("국제사회와 협력하여", "우크라이나 사태에 대응하여")
    page = read_and_link(text.encode(), name="mou.txt", tables=tables)

    drafted = draft_tables(agenda_row(REQUEST, tables), page.linked, Codebook({}, "1.0"))

    lead = [row.counterpart for row in drafted[EngagementRow] if row.evidence == "g1/c1/lead"]
    assert lead == ["country/ukr", "country/prk"]


@pytest.mark.parametrize(
    ("parenthesis", "expected"),
    [
        ("(통일부)", [("body/kr/mou", "lead")]),
        ("(외교부·통일부)", [("body/kr/mofa", "lead"), ("body/kr/mou", "co-lead")]),
        ("(산업부와 공동주관)", [("body/kr/mou", "lead"), ("body/kr/motie", "co-lead")]),
        ("(외교부 협조)", [("body/kr/mou", "lead")]),
        ("(2022~2027)", [("body/kr/mou", "lead")]),
        ("", [("body/kr/mou", "lead")]),
        ("\n  (산업부와 공동주관)", [("body/kr/mou", "lead"), ("body/kr/motie", "co-lead")]),
    ],
)
def test_a_parenthesis_names_leads_only_where_it_says_so(
    parenthesis: str, expected: list[tuple[str, str]], tables: Tables
) -> None:
    text = PAGE.replace("(외교부·국방부와 공동주관)", parenthesis)
    page = read_and_link(text.encode(), name="mou.txt", tables=tables)

    drafted = draft_tables(agenda_row(REQUEST, tables), page.linked, Codebook({}, "1.0"))

    found = [(row.body, row.role) for row in drafted[ResponsibilityRow]]
    assert found == expected


def test_the_review_lists_what_a_person_must_decide(drafted: tuple[Draft, Path]) -> None:
    draft, folder = drafted
    with (folder / "review.csv").open(encoding="utf-8", newline="") as file:
        review = list(csv.DictReader(file))

    topics = {row["topic"] for row in review}
    engagements = [row for row in review if row["topic"] == "engagement"]
    assert len(review) == len(draft.decisions)
    assert {"boilerplate", "responsibility", "engagement", "date", "quantity", "theme"} <= topics
    assert len(engagements) == len(rows(folder, "engagements"))
    assert "pressure-target" in engagements[0]["options"].split(";")
    assert [row["words"] for row in review if row["topic"] == "boilerplate"] == [
        "담당부서: 통일정책실"
    ]
    untranslated = {
        row["table"]: row["question"] for row in review if row["topic"] == "translation"
    }
    assert untranslated == {
        "labels": "say 7 of its labels in English: "
        "g1, g1/o1, g1/c1, g1/c1/lead, g1/c1/a1, g1/c1/a2, g1/e1",
        "commitments": "say 5 of its commitments in English: "
        "g1/o1/k1, g1/c1/lead/k1, g1/c1/a1/k1, g1/c1/a1/k2, g1/c1/a2/k1",
    }
    assert {row["decision"] for row in review} == {""}


@pytest.mark.usefixtures("unvalidated")
def test_what_is_decided_is_not_asked_again(tables: Tables, tmp_path: Path) -> None:
    """A reading with one outcome, a reviewed phrase, a number in a name, a second place."""
    text = PAGE.replace("ㅁㅁ재단 지원 확대", "3대 AI 사업과 2025 APEC 정상회의의 상호주의 지원")
    text = text.replace("인권 개선", "AI 인권 개선 및 대러 제재, SDGs와 SDGs의 달성에 총력을 경주")
    page = read_and_link(text.encode(), name="mou.txt", tables=tables)

    draft = ingest(page, REQUEST, tmp_path / "draft", tables=tables)

    asked = [(decision.topic, decision.words) for decision in draft.decisions]

    assert [words for topic, words in asked if topic == "unlinked"] == [
        "…회와 협력하여 북한 주민의 AI 인권 개선 및 대러 제재,…"
    ]
    assert [words for topic, words in asked if topic == "instrument"] == ["SDGs"]
    assert [words for topic, words in asked if topic == "reading"] == [
        "… SDGs의 달성에 총력을 경주"
    ]
    assert not any(
        "3대" in words or "APEC" in words for topic, words in asked if topic in {"date", "quantity"}
    )


def test_only_open_decisions_break_shapes(drafted: tuple[Draft, Path]) -> None:
    """The document layer, and what the linker found, keep the shapes."""
    draft, folder = drafted

    shapes = {result.shape.rpartition("#")[2] for result in draft.findings}

    assert draft.broken == ()
    assert "Engagement-engagementRole" in shapes
    lines = (folder / "findings.tsv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(draft.findings) + 1
    role = next(line for line in lines if "Engagement-engagementRole" in line)
    assert role.endswith("\ttables/kr-mou-2022/engagements.csv:6:role")


def test_the_draft_is_read_as_an_agenda(drafted: tuple[Draft, Path], tables: Tables) -> None:
    """What was written is an agenda for the build: same words, same graph."""
    draft, folder = drafted
    capture = read_capture(folder / "source", "kr-mou-2022")
    document = read_page(capture.text, name="mou.txt")

    agenda = read_agenda_tables(folder / "tables" / "kr-mou-2022", tables=tables, document=document)
    source = AgendaSource(agenda, document)
    graphs = {g.path: g for g in agenda_graphs(source, draft.page.linked, ())}

    path = "kr-mou-2022/document.ttl"
    assert graphs[path].turtle() == (folder / "graph" / path).read_text(encoding="utf-8")


@pytest.mark.usefixtures("unvalidated")
def test_the_shipped_agenda_is_its_draft_with_reviewed_tables(
    tables: Tables, tmp_path: Path
) -> None:
    """Ingested anew, the Ministry's page gives the elements and mentions of the shipped graph."""
    data = (files.SOURCE / "kr-mofa-2022.txt").read_bytes()
    page = read_and_link(data, name="kr-mofa-2022.txt", tables=tables)
    request = Request(agenda="kr-mofa-2022", body="body/kr/mofa", published="2022-07-26")

    ingest(page, request, tmp_path / "draft", tables=tables)
    reviewed = files.TABLES / "kr-mofa-2022"
    agenda = read_agenda_tables(reviewed, tables=tables, document=page.document)
    (document, *_) = agenda_graphs(AgendaSource(agenda, page.document), page.linked, ())

    draft = (tmp_path / "draft" / "graph" / "kr-mofa-2022" / "document.ttl").read_text("utf-8")
    assert len(statements(draft, "agenda:text")) == 160
    for predicate in ("agenda:text", "agenda:partOf", "agenda:documentOrder", "oa:start"):
        assert statements(draft, predicate) == statements(document.turtle(), predicate)


def test_two_ingests_write_the_same_bytes(
    drafted: tuple[Draft, Path], tables: Tables, tmp_path: Path
) -> None:
    _, first = drafted
    page = read_and_link(PAGE.encode(), name="mou.txt", tables=tables)

    ingest(page, REQUEST, tmp_path / "again", tables=tables)

    for path in first.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "again" / path.relative_to(first)).read_bytes()


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (Request("kr-mou-2022", "kr/mo", "2022"), "--body: unknown body 'kr/mo'; did you mean"),
        (Request("kr-mou-2022", "kr/mou", "26.7.2022"), "--published: expected a date as YYYY"),
        (Request("kr-mou-2022", "kr/mou", "2022-13"), "--published: expected a date that is in"),
        (Request("Mou 2022", "kr/mou", "2022"), "--agenda: "),
    ],
)
def test_a_wrong_request_writes_nothing(
    request_: Request, message: str, tables: Tables, tmp_path: Path
) -> None:
    page = read_and_link(PAGE.encode(), name="mou.txt", tables=tables)

    with pytest.raises(TableError, match=message):
        ingest(page, request_, tmp_path / "draft", tables=tables)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_work_in_it_is_not_overwritten(tables: Tables, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("reviewed", encoding="utf-8")
    page = read_and_link(PAGE.encode(), name="mou.txt", tables=tables)

    with pytest.raises(StoreError, match="is there already"):
        ingest(page, REQUEST, tmp_path, tables=tables)

    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_an_edited_capture_is_refused(drafted: tuple[Draft, Path], tmp_path: Path) -> None:
    _, folder = drafted
    for path in (folder / "source").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes().replace(b"2022", b"2023"))
    text = (folder / "source" / "kr-mou-2022.toml").read_text(encoding="utf-8")
    (tmp_path / "kr-mou-2022.toml").write_text(text, encoding="utf-8")
    (tmp_path / "kr-mou-2022.txt").write_bytes(PAGE.replace("정착", "정 착").encode())

    with pytest.raises(SourceError, match=r"as kr-mou-2022\.toml states"):
        read_capture(tmp_path, "kr-mou-2022")
