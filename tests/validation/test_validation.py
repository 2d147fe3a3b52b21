"""A validation finds what shapes forbid, reports it as data, and changes nothing of ours."""

import json
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from agendagraph import files
from agendagraph.errors import AgendaError, GraphSyntaxError, ValidationFailed
from agendagraph.validation import Report, Severity, validate_files, validate_quads

pytestmark = pytest.mark.slow

PREFIXES = """
@prefix ex:  <http://example.org/> .
@prefix sh:  <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

SHAPES = """
ex:Goal a sh:NodeShape ;
    sh:targetClass ex:Goal ;
    sh:property ex:Goal-order , [ sh:path [ sh:inversePath ex:leads ] ; sh:minCount 1 ] .

ex:Goal-order a sh:PropertyShape ;
    sh:path ex:order ;
    sh:datatype xsd:integer ;
    sh:message "순서는 정수여야 한다."@ko , "Give the order as an integer."@en .

ex:Titled a sh:NodeShape ;
    sh:targetClass ex:Goal ;
    sh:property ex:Titled-title .

ex:Titled-title a sh:PropertyShape ;
    sh:path ex:title ;
    sh:minCount 1 ;
    sh:severity sh:Warning ;
    sh:message "제목이 있으면 좋다."@ko , "A title would help."@en .
"""

GOOD = """
ex:peace a ex:Goal ; ex:order 1 ; ex:title "Peace" .
ex:ministry ex:leads ex:peace .
"""

BAD = """
ex:peace a ex:Goal ; ex:order "first" .
"""


@pytest.fixture
def shapes(tmp_path: Path) -> Path:
    return written(tmp_path / "shapes" / "goal.ttl", SHAPES)


def written(path: Path, turtle: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(PREFIXES + turtle, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def bad_report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report on BAD, for the tests that read it: each validation starts a process."""
    folder = tmp_path_factory.mktemp("bad")
    data, shapes = written(folder / "bad.ttl", BAD), written(folder / "goal.ttl", SHAPES)
    return validate_files([data], shapes=[shapes])


def test_a_graph_that_conforms_has_no_results(tmp_path: Path, shapes: Path) -> None:
    report = validate_files([written(tmp_path / "good.ttl", GOOD)], shapes=[shapes])

    assert report.conforms
    assert report.results == ()


def test_a_finding_says_what_where_and_in_both_languages(bad_report: Report) -> None:
    order = next(r for r in bad_report.results if r.shape.endswith("Goal-order"))
    assert order.severity is Severity.VIOLATION
    assert order.focus_node == "http://example.org/peace"
    assert order.path == "<http://example.org/order>"
    assert order.value == '"first"'
    assert order.messages == {
        "ko": "순서는 정수여야 한다.",
        "en": "Give the order as an integer.",
    }
    assert order.message("ko") == "순서는 정수여야 한다."
    assert order.component.endswith("#DatatypeConstraintComponent")


def test_a_shape_without_a_name_is_reported_by_the_one_around_it(bad_report: Report) -> None:
    unnamed = next(
        r for r in bad_report.results if r.component.endswith("MinCountConstraintComponent")
    )
    assert unnamed.path == "^<http://example.org/leads>"
    assert unnamed.shape == "http://example.org/Goal"


def test_a_warning_stops_nothing(tmp_path: Path, shapes: Path) -> None:
    data = GOOD.replace('; ex:title "Peace"', "")

    report = validate_files([written(tmp_path / "untitled.ttl", data)], shapes=[shapes])

    assert report.conforms
    assert [r.severity for r in report.results] == [Severity.WARNING]
    report.raise_for_violations()


def test_violations_can_be_raised(bad_report: Report) -> None:
    with pytest.raises(ValidationFailed, match="in 2 places") as caught:
        bad_report.raise_for_violations()

    assert caught.value.report is bad_report


def test_violations_come_first(bad_report: Report) -> None:
    assert [r.severity for r in bad_report.results] == ["Violation", "Violation", "Warning"]


def test_a_report_survives_json(bad_report: Report) -> None:
    again = Report.from_dict(json.loads(json.dumps(bad_report.to_dict())))

    assert again == bad_report


def test_only_the_focus_nodes_are_checked(tmp_path: Path, shapes: Path) -> None:
    data = written(tmp_path / "two.ttl", BAD + 'ex:trade a ex:Goal ; ex:order "second" .')

    report = validate_files([data], shapes=[shapes], focus_nodes=["http://example.org/trade"])

    assert {r.focus_node for r in report.results} == {"http://example.org/trade"}


def test_the_union_of_named_graphs_is_checked(shapes: Path) -> None:
    """What one graph lacks, another may hold."""
    example = "http://example.org/"
    store = ox.Store()
    for turtle, graph in zip(GOOD.strip().split("\n"), "ab", strict=True):
        for quad in ox.parse((PREFIXES + turtle).encode(), format=ox.RdfFormat.TURTLE):
            store.add(ox.Quad(*quad.triple, ox.NamedNode(example + graph)))

    assert validate_quads(iter(store), shapes=[shapes]).conforms
    assert len(store) == 4


def test_quads_of_any_origin_are_checked(shapes: Path) -> None:
    quads = ox.parse((PREFIXES + BAD).encode(), format=ox.RdfFormat.TURTLE)

    assert not validate_quads(quads, shapes=[shapes]).conforms


def test_a_plain_string_and_a_typed_one_are_the_same(tmp_path: Path) -> None:
    shapes = written(
        tmp_path / "in.ttl",
        "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:property ex:p .\n"
        'ex:p a sh:PropertyShape ; sh:path ex:kind ; sh:in ( "one" ) .',
    )
    data = written(tmp_path / "data.ttl", 'ex:a ex:kind "one"^^xsd:string .')

    assert validate_files([data], shapes=[shapes]).conforms


BROKEN = "ex:a ex:b ex:c ;\n   nope:c ex:d .\n"


def test_data_that_does_not_parse_is_an_error_with_its_place(tmp_path: Path, shapes: Path) -> None:
    data = written(tmp_path / "broken.ttl", BROKEN)

    with pytest.raises(GraphSyntaxError) as caught:
        validate_files([data], shapes=[shapes])

    assert (caught.value.file, caught.value.line) == (str(data), 6)
    assert caught.value.column is not None
    assert "nope" in caught.value.message


def test_shapes_that_do_not_parse_leave_this_process_alone(tmp_path: Path) -> None:
    """Without the child, pySHACL would make every boolean of this process false from then on."""
    data = written(tmp_path / "good.ttl", GOOD)
    shapes = written(tmp_path / "broken.ttl", BROKEN)

    with pytest.raises(GraphSyntaxError) as caught:
        validate_files([data], shapes=[shapes])

    assert caught.value.file == str(shapes)
    one = rdflib.Literal("1", datatype=rdflib.XSD.boolean)
    assert one.value is True
    assert rdflib.NORMALIZE_LITERALS is True


def test_shapes_that_make_no_sense_are_an_error(tmp_path: Path) -> None:
    data = written(tmp_path / "good.ttl", GOOD)
    shapes = written(tmp_path / "odd.ttl", "ex:p a sh:PropertyShape ; sh:targetClass ex:Goal .")

    with pytest.raises(GraphSyntaxError, match="sh:path"):
        validate_files([data], shapes=[shapes])


@pytest.mark.parametrize(
    ("constraint", "message"),
    [
        ('sh:property [ sh:path ex:order ; sh:minCount "x" ]', 'sh:minCount: .*found "x"'),
        ("sh:property [ sh:path ( ) ; sh:minCount 1 ]", "ex.*/Bad is an empty list"),
        (
            'sh:sparql [ sh:select "SELECT $this { $this ex:p " ]',
            "/Bad does not parse at its line 1",
        ),
    ],
)
def test_a_shape_that_makes_no_sense_is_named_with_its_file(
    tmp_path: Path, constraint: str, message: str
) -> None:
    """Whether or not it reaches a node."""
    data = written(tmp_path / "data.ttl", "ex:a a ex:Other .")
    shapes = written(
        tmp_path / "odd.ttl", f"ex:Bad a sh:NodeShape ; sh:targetClass ex:Goal ; {constraint} ."
    )

    with pytest.raises(GraphSyntaxError, match=message) as caught:
        validate_files([data], shapes=[shapes])

    assert caught.value.file == str(shapes)


def test_sparql_with_declared_prefixes_and_a_path_is_sound(tmp_path: Path) -> None:
    data = written(tmp_path / "data.ttl", 'ex:a a ex:Goal ; ex:order "first" .')
    shapes = written(
        tmp_path / "sound.ttl",
        """
        ex: sh:declare [ sh:prefix "e" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
        ex:S a sh:NodeShape ; sh:targetClass ex:Goal ; sh:sparql [ sh:message "no" ;
            sh:prefixes ex: ; sh:select "SELECT $this ?value { $this e:order ?value }" ] .
        """,
    )

    assert len(validate_files([data], shapes=[shapes]).violations) == 1


def test_our_own_shapes_are_well_formed(tmp_path: Path) -> None:
    """They are not held against the shapes of shapes each time; a copy of them is."""
    shutil.copytree(files.SHAPES, tmp_path / "shapes")
    data = written(tmp_path / "data.ttl", "ex:a a ex:Other .")

    report = validate_files([data], shapes=[tmp_path / "shapes"])

    assert report.conforms


def test_shapes_that_select_nothing_are_told(tmp_path: Path, shapes: Path) -> None:
    other = written(tmp_path / "other.ttl", "ex:a a ex:Other .")
    below = written(
        tmp_path / "below.ttl",
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "ex:a a ex:Task . ex:Task rdfs:subClassOf ex:Goal .",
    )

    assert not validate_files([other], shapes=[shapes]).reached
    assert validate_files([below], shapes=[shapes]).reached


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path, shapes: Path) -> None:
    with pytest.raises(GraphSyntaxError, match="no such file"):
        validate_files([tmp_path / "nothing.ttl"], shapes=[shapes])


def test_a_folder_without_rdf_is_an_error(tmp_path: Path, shapes: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(GraphSyntaxError, match="no file of RDF"):
        validate_files([shapes], shapes=[tmp_path / "empty"])


def test_a_validator_that_dies_is_no_conforming_graph(
    tmp_path: Path, shapes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = written(tmp_path / "good.ttl", GOOD)
    monkeypatch.setattr("sys.executable", "/bin/false")

    with pytest.raises(AgendaError, match="the validator stopped with status 1"):
        validate_files([data], shapes=[shapes])
