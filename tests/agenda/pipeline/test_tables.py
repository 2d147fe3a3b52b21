"""Tables are read with all that is wrong in them: file, line and column, each problem once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agendagraph import files
from agendagraph.agenda.pipeline.tables.csv_file import Problems, columns_of, read_table, table_text
from agendagraph.agenda.pipeline.tables.reading import (
    AGENDA,
    NAMES,
    WORLD,
    Tables,
    read_agenda_tables,
    read_tables,
)
from agendagraph.agenda.source import Document, decode_page, read_page
from agendagraph.errors import TableError, TableErrors

PAGE = """\
외교정책
  • 국제공조 강화
    • 과제목표
      • 미국과 협력 강화, 2030년까지 교류 확대
    • 기대효과
      • 대응 역량 제고
"""

ENGAGEMENT_COLUMNS = (
    "id,commitment,counterpart,role,stance,explicitness,via_group,in_format,at_place,"
    "evidence,quote,note,coder"
)
SOUND = {
    "agenda": (
        "id,body,term,title_ko,title_en,presented,cabinet,published,capture,policy_source",
        "kr-test,body/kr/mofa,,시험,Test,2022-07-22,,2022,kr-test,",
    ),
    "labels": ("element,translation,label_ko,label_en", "g1,Cooperation,국제공조,Cooperation"),
    "commitments": (
        "id,element,order,quote,label_ko,label_en,action_type,condition,coder,note",
        "g1/o1/k1,g1/o1,1,미국과 협력 강화,,,strengthen,,me,",
        "g1/o1/k2,g1/o1,2,2030년까지 교류 확대,,,expand,,me,",
    ),
    "engagements": (
        ENGAGEMENT_COLUMNS,
        "g1/o1/k1/x1,g1/o1/k1,country/usa,cooperation-partner,deepening,named,,,,g1/o1,미국과,,me",
    ),
    "themes": ("subject,theme,share,coder", "g1/o1/k1,trade,0.5,me", "g1/o1/k1,security,0.5,me"),
    "dates": (
        "id,element,as_stated,date,precision,event,coder",
        "g1/o1/d1,g1/o1,2030년,2030,year,,me",
    ),
    "coders": ("id,label_ko,label_en,kind,codebook_version,note", "me,나,me,person,1.0,"),
}


@pytest.fixture(scope="module")
def document() -> Document:
    return read_page(PAGE, name="page.txt")


@pytest.fixture(scope="module")
def themes(tables: Tables) -> tuple[str, str]:
    first, second, *_ = sorted(tables.concepts["theme"])
    return first, second


def write(folder: Path, changed: dict[str, tuple[str, ...]], themes: tuple[str, str]) -> Path:
    """Write the sound tables, some of them changed."""
    for name, lines in (SOUND | changed).items():
        text = "\n".join(lines) + "\n"
        text = text.replace(",trade,", f",{themes[0]},").replace(",security,", f",{themes[1]},")
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_the_shipped_tables_are_sound(tables: Tables) -> None:
    data = (files.SOURCE / "kr-mofa-2022.txt").read_bytes()
    page = read_page(decode_page(data, name="page"), name="page")

    agenda = read_agenda_tables(files.TABLES / "kr-mofa-2022", tables=tables, document=page)

    assert agenda.row.id == "kr-mofa-2022"
    assert len(agenda.labels) == 160
    assert all(len(getattr(tables, row.table)) for row in (*WORLD, *NAMES))


def test_sound_tables_are_read(
    tmp_path: Path, tables: Tables, document: Document, themes: tuple[str, str]
) -> None:
    folder = write(tmp_path, {}, themes)

    agenda = read_agenda_tables(folder, tables=tables, document=document)

    assert [row.id for row in agenda.commitments] == ["g1/o1/k1", "g1/o1/k2"]
    assert agenda.engagements.rows[0].at_place == ()
    assert agenda.engagements.lines == (2,)
    assert len(agenda.promises) == 0


ENGAGEMENT = SOUND["engagements"][1]
COMMITMENT = SOUND["commitments"][1]


@pytest.mark.parametrize(
    ("table", "lines", "place", "message"),
    [
        pytest.param(
            "commitments",
            {1: COMMITMENT.replace("g1/o1,1", "g1/o9,1").replace("g1/o1/k1", "g1/o9/k1")},
            "commitments.csv:2:element",
            "unknown element 'g1/o9'",
            id="unknown element",
        ),
        pytest.param(
            "engagements",
            {1: ENGAGEMENT.replace("country/usa", "country/uas")},
            "engagements.csv:2:counterpart",
            "unknown country 'country/uas'; did you mean",
            id="unknown country",
        ),
        pytest.param(
            "engagements",
            {1: ENGAGEMENT.replace("cooperation-partner", "cooperation-partners")},
            "engagements.csv:2:role",
            "did you mean 'cooperation-partner'",
            id="unknown role",
        ),
        pytest.param(
            "engagements",
            {1: ENGAGEMENT.replace("country/usa", "event/expo-2030")},
            "engagements.csv:2:counterpart",
            "expected one of country, organization",
            id="wrong kind of thing",
        ),
        pytest.param(
            "engagements",
            {1: ENGAGEMENT.replace("미국과", "미국 과")},
            "engagements.csv:2:quote",
            "'미국 과' does not occur in g1/o1",
            id="quote that is not there",
        ),
        pytest.param(
            "engagements",
            {1: ENGAGEMENT.replace(",g1/o1/k1,", ",g1/o1/k9,").replace("k1/x1", "k9/x1")},
            "engagements.csv:2:commitment",
            "no row of commitments.csv has the key 'g1/o1/k9'",
            id="unknown commitment",
        ),
        pytest.param(
            "engagements",
            {1: ENGAGEMENT.replace("g1/o1/k1/x1", "g1/o1/k2/x1")},
            "engagements.csv:2:id",
            "expected g1/o1/k1/x and a number",
            id="id of another parent",
        ),
        pytest.param(
            "commitments",
            {2: COMMITMENT},
            "commitments.csv:3:id",
            "duplicate: line 2 has id g1/o1/k1 too",
            id="duplicate",
        ),
        pytest.param(
            "commitments",
            {2: COMMITMENT.replace("k1,", "k2,", 1)},
            "commitments.csv:3:order",
            "line 2 has the order 1 in g1/o1 too",
            id="order twice",
        ),
        pytest.param(
            "agenda",
            {1: SOUND["agenda"][1].replace("2022-07-22", "2022-02-30")},
            "agenda.csv:2:presented",
            "expected a day of the calendar",
            id="no such day",
        ),
        pytest.param(
            "agenda",
            {1: SOUND["agenda"][1].replace("2022-07-22", "22.07.2022")},
            "agenda.csv:2:presented",
            "YYYY-MM-DD, found '22.07.2022'",
            id="date of another form",
        ),
        pytest.param(
            "dates",
            {1: SOUND["dates"][1].replace("2030,year", "2030,day")},
            "dates.csv:2:date",
            "expected a date to the day, found '2030'",
            id="date not so precise",
        ),
        pytest.param(
            "themes",
            {2: "g1/o1/k1,security,0.4,me"},
            "themes.csv:2:share",
            "expected the shares of g1/o1/k1 to sum to 1, found 0.9",
            id="shares",
        ),
        pytest.param(
            "labels",
            {0: "element,translaton,label_ko,label_en"},
            "labels.csv:1:translaton",
            "unknown column; did you mean 'translation'?",
            id="unknown column",
        ),
        pytest.param(
            "labels",
            {0: "element,label_ko,label_en", 1: "g1,국제공조,Cooperation"},
            "labels.csv:1:translation",
            "missing column",
            id="missing column",
        ),
        pytest.param(
            "labels",
            {1: "g1,Cooperation,국제공조"},
            "labels.csv:2",
            "expected 4 cells as in the header, found 3",
            id="too few cells",
        ),
        pytest.param(
            "labels",
            {1: 'g1,"Coop,국제공조,x'},
            "labels.csv:2",
            "does not parse as CSV",
            id="open quote",
        ),
        pytest.param(
            "labels",
            {1: "g1, Cooperation,국제공조,x"},
            "labels.csv:2:translation",
            "no spaces at the ends",
            id="space at an end",
        ),
        pytest.param(
            "coders",
            {1: "me,나,me,robot,1.0,"},
            "coders.csv:2:kind",
            "expected 'person', 'rule' or",
            id="no choice",
        ),
    ],
)
def test_a_wrong_cell_is_named_with_its_place(  # noqa: PLR0913 - one case is one row
    *,
    table: str,
    lines: dict[int, str],
    place: str,
    message: str,
    tmp_path: Path,
    tables: Tables,
    document: Document,
    themes: tuple[str, str],
) -> None:
    changed = tuple(lines.get(at, line) for at, line in enumerate(SOUND[table]))
    folder = write(tmp_path, {table: changed}, themes)

    with pytest.raises(TableErrors) as raised:
        read_agenda_tables(folder, tables=tables, document=document)

    found = [str(problem).removeprefix(f"{tmp_path}/") for problem in raised.value.problems]
    assert any(text.startswith(f"{place}: ") and message in text for text in found), found


def test_all_problems_are_found_at_once(
    tmp_path: Path, tables: Tables, document: Document, themes: tuple[str, str]
) -> None:
    folder = write(
        tmp_path,
        {
            "labels": (SOUND["labels"][0], "g7,x,,", "g8,x,,"),
            "coders": (SOUND["coders"][0], "me,나,me,robot,1.0,", "you,너,you,person,1.0,"),
            "dates": (SOUND["dates"][0], "g1/o1/d1,g1/o1,2031년,2030,year,,you"),
        },
        themes,
    )

    with pytest.raises(TableErrors) as raised:
        read_agenda_tables(folder, tables=tables, document=document)

    places = {(Path(p.file).name, p.line, p.column) for p in raised.value.problems}
    assert {
        ("labels.csv", 2, "element"),
        ("labels.csv", 3, "element"),
        ("coders.csv", 2, "kind"),
        ("dates.csv", 2, "as_stated"),
    } <= places
    *lines, left = str(raised.value).splitlines()
    assert lines == [str(problem) for problem in raised.value.problems]
    assert left.endswith(
        "coders.csv: because of these problems, 5 cells of commitments.csv, "
        "engagements.csv, themes.csv could not be checked"
    )
    assert isinstance(raised.value, TableError)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param("id\n외교부\n".encode("cp949"), "coders.csv:2: expected UTF-8", id="EUC-KR"),
        pytest.param(b"", "coders.csv:1: expected a header row: id,label_ko", id="empty"),
    ],
)
def test_a_file_that_is_no_table_is_named(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "coders.csv"
    path.write_bytes(data)
    problems = Problems()

    table = read_table(path, AGENDA[-1], problems)

    assert len(table) == 0
    assert message in str(problems.found[0])


def test_a_table_of_no_known_name_is_refused(
    tmp_path: Path, tables: Tables, document: Document, themes: tuple[str, str]
) -> None:
    folder = write(tmp_path, {"commitment": SOUND["commitments"]}, themes)

    with pytest.raises(TableErrors, match=r"commitment\.csv: no table of this name; did you mean"):
        read_agenda_tables(folder, tables=tables, document=document)


def test_a_missing_world_table_is_named(tmp_path: Path) -> None:
    shutil.copytree(files.TABLES, tmp_path / "tables")
    (tmp_path / "tables" / "world" / "events.csv").unlink()

    with pytest.raises(TableErrors, match=r"events\.csv: expected this table, found no such file"):
        read_tables(tmp_path / "tables")


def test_namibia_and_leading_zeros_are_text(tables: Tables) -> None:
    """What spreadsheets and data frames like to change stays as it is written."""
    countries = tables.countries.keys()

    assert countries["nam"].iso2 == "NA"
    assert countries["bra"].m49 == "076"


def test_a_byte_order_mark_and_crlf_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "coders.csv"
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(SOUND["coders"]).encode() + b"\r\n")
    problems = Problems()

    table = read_table(path, AGENDA[-1], problems)

    assert problems.found == []
    assert [row.model_dump()["id"] for row in table] == ["me"]


@pytest.mark.parametrize("row", [*WORLD, *NAMES], ids=lambda row: str(row.table))
def test_what_is_written_is_read_back(row: type, tables: Tables, tmp_path: Path) -> None:
    table = getattr(tables, row.table)
    path = tmp_path / f"{row.table}.csv"
    path.write_text(table_text(row, table), encoding="utf-8", newline="")
    problems = Problems()

    again = read_table(path, row, problems)

    assert problems.found == []
    assert again.rows == table.rows


@pytest.mark.parametrize("row", [*WORLD, *NAMES, *AGENDA], ids=lambda row: str(row.table))
def test_the_columns_stand_in_the_order_of_the_rows(row: type) -> None:
    """Whoever reads a row class knows the file."""
    folder = {True: "world", False: "names"}[row in WORLD] if row not in AGENDA else "kr-mofa-2022"
    header = (files.TABLES / folder / f"{row.table}.csv").read_text(encoding="utf-8").split("\n")[0]

    assert header.split(",") == list(columns_of(row))
