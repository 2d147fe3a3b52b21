"""A change that would break the shapes is refused with the report, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest

from agendagraph.files import ONTOLOGY, SHAPES
from agendagraph.namespaces import GRAPH
from agendagraph.rdf.reading import quads_of_file
from agendagraph.server.updates.requests import WriteRequest
from agendagraph.sparql.refusal import Reason, Refusal
from agendagraph.store.generations import StoreDirectory, current_snapshot
from agendagraph.store.initialise import fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx
    from conftest import Server

    from agendagraph.server.updates.writer_client import WriterClient

STORY = Path(__file__).parents[2] / "shapes" / "story.ttl"
PREFIXES = """
PREFIX agenda: <https://w3id.org/agendagraph/ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX id: <https://w3id.org/agendagraph/id/>
"""
COUNTRY = "<https://w3id.org/agendagraph/id/country/jpn>"
GOAL = "<https://w3id.org/agendagraph/id/agenda/kr-mofa-2022/g1>"
REJECTED = 216
KILLS = 6
UPDATE = {"Content-Type": "application/sparql-update"}


def quads() -> bytes:
    """The agenda of tests/shapes, and what its shapes look up, in validated graphs."""
    files = [STORY, *(ONTOLOGY / "schemes").glob("*.ttl"), *ONTOLOGY.glob("*.ttl")]
    found = [
        q.triple
        for file in files
        for q in quads_of_file(file)
        if file.parent.name != "ontology" or q.predicate.value.endswith("#subClassOf")
    ]
    return ox.serialize(found, format=ox.RdfFormat.N_TRIPLES) or b""


@dataclass(frozen=True)
class Gated:
    """A service that validates, with the agenda in a validated graph, and its event loop."""

    runner: asyncio.Runner
    directory: StoreDirectory
    service: WriterClient


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory, opening: Callable[..., Any]) -> Iterator[Gated]:
    """One validator for all tests: it takes seconds to load."""
    path = tmp_path_factory.mktemp("gate") / "store"
    with asyncio.Runner() as runner, StoreDirectory(path, writable=True) as directory:
        fill(directory, "empty")
        context = opening(directory, shapes=(SHAPES,), validated=GRAPH)
        service = runner.run(context.__aenter__())
        try:
            runner.run(put(service, GRAPH + "story", quads()))
            yield Gated(runner, directory, service)
        finally:
            runner.run(context.__aexit__(None, None, None))


async def put(service: WriterClient, graph: str, body: bytes) -> None:
    await service.submit(
        WriteRequest("put", "tester", f"PUT {graph}", graph, graph, content_type="text/turtle"),
        body,
    )


async def update(service: WriterClient, text: str) -> None:
    await service.submit(WriteRequest("update", "tester", text[:60]), (PREFIXES + text).encode())


async def refused(service: WriterClient, text: str) -> dict[str, Any]:
    with pytest.raises(Refusal) as refusal:
        await update(service, text)
    assert refusal.value.reason is Reason.SHAPES_VIOLATED
    return refusal.value.facts


LABEL = f'INSERT DATA {{ GRAPH <{GRAPH}story> {{ {COUNTRY} rdfs:label "Nihon"@en }} }}'
RENAME = (
    f"WITH <{GRAPH}story> DELETE {{ {COUNTRY} rdfs:label ?l }} "
    f'INSERT {{ {COUNTRY} rdfs:label "Nippon"@en }} '
    f'WHERE {{ {COUNTRY} rdfs:label ?l FILTER (lang(?l) = "en") }}'
)


def violations(number: int) -> tuple[str, ...]:
    """Return updates of six kinds that would break the shapes."""
    return (
        LABEL.replace("Nihon", f"Nihon {number}"),
        f"WITH <{GRAPH}story> DELETE {{ {GOAL} a ?t }} WHERE {{ {GOAL} a ?t }}",
        f"DELETE WHERE {{ GRAPH <{GRAPH}story> {{ {GOAL} agenda:text ?x }} }}",
        f"INSERT DATA {{ GRAPH <{GRAPH}new{number}> {{ <urn:x> a agenda:Goal }} }}",
        f"DELETE WHERE {{ GRAPH <{GRAPH}story> {{ ?x agenda:partOf ?y }} }}",
        f"INSERT DATA {{ <urn:free> <urn:p> {number} }} ; {LABEL}",
    )


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_what_would_break_the_shapes_is_not_kept(gated: Gated) -> None:
    """Two hundred refusals, and kills between and amid them, leave a byte-identical dump."""
    chance = random.Random(1897)  # noqa: S311 - the same moments every time
    met: Counter[Reason] = Counter()
    directory, service = gated.directory, gated.service

    async def work() -> None:
        before, generation = dump(directory), service.snapshot.generation
        patches = set(directory.history.iterdir())
        for number in range(REJECTED // 6):
            if number % (REJECTED // 6 // KILLS) == 0:
                later = asyncio.get_running_loop().call_later
                later(chance.uniform(0, 0.3), kill, service.pid)
            for text in violations(number):
                with pytest.raises(Refusal) as refusal:
                    await update(service, text)
                met[refusal.value.reason] += 1
                facts = refusal.value.facts
                if refusal.value.reason is Reason.SHAPES_VIOLATED:
                    assert facts["violations"] >= 1
                    assert facts["report"]["results"][0]["messages"]["ko"]
        assert dump(directory) == before
        assert service.snapshot.generation == generation
        assert set(directory.history.iterdir()) == patches
        assert generation in {each.stem for each in patches}

    gated.runner.run(work())

    assert set(met) <= {Reason.SHAPES_VIOLATED, Reason.STORE_FAULT}
    assert met[Reason.SHAPES_VIOLATED] >= 200


def dump(directory: StoreDirectory) -> bytes:
    store = ox.Store.read_only(current_snapshot(directory.path).path)
    return store.dump(format=ox.RdfFormat.N_QUADS)


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_triple_that_stands_as_a_term_is_refused_where_it_cannot_be_checked(
    gated: Gated,
) -> None:
    async def work() -> None:
        term = "<urn:a> <urn:b> <<( <urn:s> <urn:p> <urn:o> )>>"
        with pytest.raises(Refusal) as refusal:
            await update(gated.service, f"INSERT DATA {{ GRAPH <{GRAPH}x> {{ {term} }} }}")
        assert refusal.value.reason is Reason.UPDATE_FAILED
        await update(gated.service, f"INSERT DATA {{ {term} }}")

    gated.runner.run(work())


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_change_after_the_validator_was_killed(gated: Gated) -> None:
    """It is refused, and so is a violation afterwards: nothing passes unchecked."""

    async def work() -> None:
        (child,) = children(gated.service.pid)
        os.kill(int(child.name), signal.SIGKILL)
        with pytest.raises(Refusal) as refusal:
            await update(gated.service, LABEL)
        assert refusal.value.reason is Reason.STORE_FAULT
        await gated.service.settled()
        await refused(gated.service, LABEL)

    gated.runner.run(work())


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_rejected_change_is_forgotten_when_an_unvalidated_one_is_committed(gated: Gated) -> None:
    """The validator must not keep the rejected label: the country would have two names."""

    async def work() -> None:
        await refused(gated.service, LABEL)
        await update(gated.service, "INSERT DATA { <urn:s> <urn:p> 1 }")
        await update(gated.service, RENAME)

    gated.runner.run(work())


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_what_keeps_to_the_shapes_or_is_not_validated_is_kept(
    gated: Gated, held: Callable[[Path], set[str]]
) -> None:
    async def work() -> None:
        service = gated.service
        await update(service, RENAME)
        await update(service, f'INSERT DATA {{ <{GRAPH}x> rdfs:label "free" }}')
        await update(service, "INSERT DATA { GRAPH <http://e/g> { <urn:x> a agenda:Goal } }")
        twice = f'INSERT DATA {{ GRAPH <{GRAPH}too> {{ {COUNTRY} rdfs:label "Nippon"@en }} }}'
        await update(service, twice)
        once_less = twice.replace("INSERT", "DELETE").replace("too", "story")
        await update(service, once_less)
        await refused(service, twice.replace("INSERT", "DELETE"))

    gated.runner.run(work())

    assert any('"Nippon"@en' in quad for quad in held(gated.directory.path))


def children(pid: int | None) -> list[Path]:
    def parent(folder: Path) -> str:
        try:
            return folder.joinpath("stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            return ""

    return [each for each in Path("/proc").glob("[0-9]*") if parent(each) == str(pid)]


@pytest.fixture(scope="module")
def served(
    start_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Server, httpx.Response]:
    """A server that got a change beside the validated graphs at once, and its response."""
    server = start_server(
        *("--store", tmp_path_factory.mktemp("gate") / "store", "--writable"),
        AGENDAGRAPH_TOKEN="s3cret-s3cret-s3cret",
    )
    server.client.headers["Authorization"] = "Bearer s3cret-s3cret-s3cret"
    beside = f"INSERT DATA {{ GRAPH <http://example.org/g> {{ {GOAL} <http://example.org/p> 1 }} }}"
    return server, server.client.post("/update", content=beside, headers=UPDATE, timeout=60)


@pytest.mark.timeout(120)
def test_an_early_change_beside_the_validated_graphs_does_not_disarm_the_gate(
    served: tuple[Server, httpx.Response],
) -> None:
    """The validator loads a checkpoint that the first commit replaces."""
    server, first = served
    textless = PREFIXES + f"DELETE WHERE {{ GRAPH ?g {{ {GOAL} agenda:text ?text }} }}"

    second = server.client.post("/update", content=textless, headers=UPDATE, timeout=60)

    assert (first.status_code, second.status_code) == (204, 422)


@pytest.mark.timeout(120)
def test_the_report_over_http(served: tuple[Server, httpx.Response]) -> None:
    client = served[0].client
    body = b"<urn:x> a <https://w3id.org/agendagraph/ns#Coder> ."
    address = {"graph": GRAPH + "mine"}
    turtle = {"Content-Type": "text/turtle"}

    plain = client.put("/graphs", params=address, content=body, headers=turtle)
    asked = client.put(
        "/graphs", params=address, content=body, headers={**turtle, "Accept": "text/turtle"}
    )

    told = plain.json()
    assert (plain.status_code, asked.status_code) == (422, 422)
    assert told["type"].endswith("/shapes-violated")
    assert told["report"]["conforms"] is False
    assert told["violations"] == len(told["report"]["results"])
    assert asked.headers["content-type"] == "text/turtle; charset=utf-8"
    report = list(ox.parse(asked.content, format=ox.RdfFormat.TURTLE))
    results = [q for q in report if q.predicate.value.endswith("shacl#result")]
    assert len(results) == told["violations"]
    assert client.get("/graphs", params=address).status_code == 404
    ready = {"Accept": "application/sparql-results+json"}
    assert client.get("/sparql", params={"query": "ASK {}"}, headers=ready).is_success
