"""What an update is said to have changed is exactly what it has changed.

The engine does not tell, so that we ask beforehand (see agendagraph.server.updates.staging); here
the answer is held against a comparison of the whole store before and after, and the store
against one on which the engine alone has run the same update.
"""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agendagraph.server.updates import patch
from agendagraph.server.updates.staging import StagingStore
from agendagraph.sparql import update_operations
from agendagraph.sparql.lexer import Unclear
from agendagraph.sparql.refusal import Refusal

EX = "http://example.org/"
PROLOGUE = f"PREFIX : <{EX}>\nPREFIX ex: <{EX}>\n"
START = """
:a :p 1 , 2 , 3.50 ; :q :b . :b :p 3 .
GRAPH :g { :a :p 1 ; :q :c . :c :p "x;}" } GRAPH :h { :a :p 2 . :d :q :a }
"""

SUBJECTS = st.sampled_from([":a", "ex:b", f"<{EX}c>", ":d"])
PROPERTIES = st.sampled_from([":p", ":q", "a"])
OBJECTS = st.sampled_from(
    ["1", "02", "3.5", "3.50", "true", ":a", ":b", '"x;}"', "'''{ ; '''", '"y"@en']
)
GRAPHS = st.sampled_from([":g", "ex:h", f"<{EX}i>"])
TRIPLE = st.tuples(SUBJECTS, PROPERTIES, OBJECTS).map(lambda t: " ".join(t) + " . ")
TRIPLES = st.lists(TRIPLE, max_size=3).map("".join)
QUADS = st.lists(
    st.one_of(
        TRIPLE,
        st.tuples(GRAPHS, TRIPLES).map(lambda g: f"GRAPH {g[0]} {{ {g[1]} }} "),
    ),
    max_size=3,
).map("".join)
TEMPLATE = st.sampled_from(
    [
        "?s :p ?o",
        "?s ?p ?o .",
        ":new :of ?s ; :is ?o",
        "GRAPH ?g { ?s ?p ?o }",
        "GRAPH :i { ?s :copied ?o } . ?s :p 9",
        "?s :q ?o . GRAPH ex:g { ?o :inverse ?s } ?s :q 8",
        "",
    ]
)
MINTING = st.sampled_from(["[] :of ?s", "_:x :of ?s ; :is ?o", "?s :list ( ?o 1 )"])
WHERE = st.sampled_from(
    [
        "{ ?s ?p ?o }",
        "{ ?s :p ?o FILTER (?o>1 && ?o<3) }",
        "{ GRAPH ?g { ?s ?p ?o } }",
        "{ { ?s :p ?o } UNION { GRAPH ?g { ?s :q ?o } } # comment with } and ;\n }",
        "{ ?s ?p ?o OPTIONAL { GRAPH ?g { ?s ?p ?o } } }",
        "{ SELECT ?s (COUNT(?x) AS ?o) { ?s :p ?x } GROUP BY ?s }",
        "{ ?s :p ?x BIND (RAND() AS ?o) }",
    ]
)
MODIFY = st.builds(
    lambda head, delete, insert, using, where: (
        f"{head} DELETE {{ {delete} }} INSERT {{ {insert} }} {using} WHERE {where}"
    ),
    st.sampled_from(["", "WITH :g"]),
    TEMPLATE,
    st.one_of(TEMPLATE, MINTING),
    st.sampled_from(["", "USING :g", "USING :g USING NAMED :h"]),
    WHERE,
)
OPERATION = st.one_of(
    QUADS.map(lambda quads: f"INSERT DATA {{ {quads} }}"),
    QUADS.map(lambda quads: f"DELETE DATA {{ {quads} }}"),
    MODIFY,
    st.sampled_from(
        [
            "DELETE WHERE { ?s :p ?o }",
            "DELETE WHERE { GRAPH ?g { ?s ?p 1 } }",
            "INSERT { :n :p ?o } WHERE { ?s :p ?o }",
            "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
            *(
                f"{verb} SILENT {target}"
                for verb in ("CLEAR", "DROP")
                for target in ("DEFAULT", "NAMED", "ALL", "GRAPH :g", "GRAPH :none")
            ),
            "CREATE SILENT GRAPH :i",
            "COPY SILENT :g TO DEFAULT",
            "MOVE SILENT ex:g TO :h",
            "ADD SILENT DEFAULT TO :i",
        ]
    ),
)
UPDATE = st.lists(OPERATION, min_size=1, max_size=3).map(" ;\n".join)


def started() -> ox.Store:
    store = ox.Store()
    store.update(f"{PROLOGUE} INSERT DATA {{ {START} }}")
    return store


def graphs(store: ox.Store) -> set[str]:
    return {name.value for name in store.named_graphs()}


@settings(deadline=None, max_examples=400)
@given(update=UPDATE)
def test_the_change_is_exact(update: str) -> None:
    """Nothing is missing from it, and nothing is in it that did not happen."""
    store = started()
    before, names = set(store), graphs(store)
    scratch = StagingStore(store)

    scratch.update(PROLOGUE + update)

    change = scratch.patch
    assert change.added == set(store) - before
    assert change.removed == before - set(store)
    assert change.created == graphs(store) - names
    assert change.dropped == names - graphs(store)


@settings(deadline=None, max_examples=400)
@given(update=UPDATE.filter(lambda text: "RAND" not in text))
def test_the_result_is_the_engine_s(update: str) -> None:
    """Blank nodes have other names, so that graphs are compared as such."""
    alone = started()
    alone.update(PROLOGUE + update)
    scratch = StagingStore(started())

    scratch.update(PROLOGUE + update)

    assert canonical(scratch.store) == canonical(alone)
    assert graphs(scratch.store) == graphs(alone)


def canonical(store: ox.Store) -> set[ox.Quad]:
    dataset = ox.Dataset(store)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


@settings(deadline=None, max_examples=200)
@given(update=UPDATE)
def test_the_inverse_undoes_it(update: str) -> None:
    store = started()
    before, names = set(store), graphs(store)
    done = StagingStore(store)
    done.update(PROLOGUE + update)

    undoing = StagingStore(store)
    undoing.apply(done.patch.inverse())

    assert set(store) == before
    assert graphs(store) == names
    assert {str(q) for q in undoing.patch.added} == {str(q) for q in done.patch.removed}


@settings(deadline=None, max_examples=100)
@given(update=UPDATE)
def test_a_patch_is_read_as_it_was_written(
    update: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    scratch = StagingStore(started())
    scratch.update(PROLOGUE + update)
    file = tmp_path_factory.mktemp("patch") / "1.rdfp"

    sha256 = patch.write(scratch.patch, file, identifier="urn:x")

    assert patch.read(file, sha256=sha256) == scratch.patch


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("", []),
        ("PREFIX a: <b:>", []),
        ("INSERT DATA { } ;", ["INSERT DATA"]),
        ("insert data { <a:;> <a:b> ';' } ; clear all", ["INSERT DATA", "CLEAR"]),
        ("DELETE WHERE { ?s ?p '''}''' } ; # ; \n DROP ALL", ["MODIFY", "DROP"]),
        ("WITH <a:g> INSERT { ?s ?p 1 } WHERE { ?s ?p '\\'}' }", ["MODIFY"]),
        ("PREFIX a: <b:> CREATE GRAPH a:c ; PREFIX d: <e:> DROP GRAPH d:f", ["CREATE", "DROP"]),
    ],
)
def test_split(text: str, kinds: list[str]) -> None:
    assert [operation.kind for operation in update_operations.split(text)] == kinds


@pytest.mark.parametrize(
    "text", ["INSERT DATA {", "}", "CLEAR ALL }", "LOAD <a:b> <c:d>", "INSERT '"]
)
def test_what_cannot_be_split_is_left_to_the_engine(text: str) -> None:
    with pytest.raises(Unclear):
        update_operations.split(text)


def test_declarations_hold_for_the_operations_behind_them() -> None:
    text = "PREFIX a: <http://a/> CREATE GRAPH a:b ; BASE <http://c/> CREATE GRAPH <d>"
    scratch = StagingStore(ox.Store())

    scratch.update(text)

    assert scratch.patch.created == {"http://a/b", "http://c/d"}


def test_a_syntax_error_changes_nothing_and_has_its_place_in_the_whole_text() -> None:
    scratch = StagingStore(ox.Store())

    with pytest.raises(SyntaxError, match="at 3:"):
        scratch.update("INSERT DATA { <a:a> <a:b> 1 } ;\n\nINSERT DATA { <a:a> }")

    assert not scratch.patch
    assert len(scratch.store) == 0


def test_two_datasets_are_one_too_many() -> None:
    scratch = StagingStore(started())
    with pytest.raises(Refusal, match="two-datasets"):
        scratch.update(
            PROLOGUE + "DELETE { ?s ?p 1 } USING :g WHERE { ?s ?p 1 }", using=(f"{EX}h",)
        )


def test_all_graphs_do_not_include_the_protected_one() -> None:
    store = started()
    scratch = StagingStore(store, protected=f"{EX}g")

    scratch.update("DROP ALL")

    assert graphs(store) == {f"{EX}g"}
    assert all(quad.graph_name != ox.NamedNode(f"{EX}g") for quad in scratch.patch.removed)


def test_a_number_is_the_same_however_it_is_written() -> None:
    """The store keeps values: a graph that is put again with other digits has not changed."""
    store = ox.Store()
    first, again = StagingStore(store), StagingStore(store)
    graph = f"{EX}g"
    quads = [
        ox.Quad(q.subject, q.predicate, q.object, ox.NamedNode(graph))
        for text in ("<a:a> <a:b> 1.0 .", "<a:a> <a:b> 1.00 .")
        for q in ox.parse(text, format=ox.RdfFormat.TURTLE)
    ]

    first.replace(graph, quads[:1])
    again.replace(graph, quads[1:])

    assert first.patch.added == set(store)
    assert not again.patch
