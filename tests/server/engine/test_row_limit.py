"""Rows are counted, and cut, whatever the values hold and however the bytes are divided."""

from __future__ import annotations

import csv
import io
import random

import pyoxigraph as ox
import pytest

from agendagraph.rdf.formats import RESULTS_FORMATS
from agendagraph.server.engine.row_limit import counter

LINK = "https://example.org/why"
QUERIES = {
    "SELECT * { ?s ?p ?o }": 121,
    "SELECT * { ?s ?p ?o OPTIONAL { ?s <urn:none> ?z } }": 121,
    "SELECT * { ?s <urn:none> ?o }": 0,
}


@pytest.fixture(scope="module")
def store() -> ox.Store:
    """Values made of what formats are made of: quotes, braces, line ends, backslashes."""
    store, dice = ox.Store(), random.Random(7)  # noqa: S311 - values, no secrets
    predicate = ox.NamedNode("urn:p")
    for i in range(120):
        value = "".join(dice.choice('},{["\\\n\r\t:a한<>&') for _ in range(dice.randrange(12)))
        store.add(ox.Quad(ox.NamedNode(f"urn:{i}"), predicate, ox.Literal(value)))
    quoted = ox.Triple(ox.NamedNode("urn:a"), predicate, ox.Literal('}},{"'))
    store.add(ox.Quad(ox.NamedNode("urn:t"), predicate, quoted))
    return store


def rows_of(name: str, data: bytes) -> int:
    if name == "csv":
        return len(list(csv.reader(io.StringIO(data.decode(), newline="")))) - 1
    return len(list(ox.parse_query_results(data, RESULTS_FORMATS[name])))


@pytest.mark.parametrize("name", RESULTS_FORMATS)
@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("piece", [1, 3, 17, 1000, 1_000_000])
def test_rows(store: ox.Store, name: str, query: str, piece: int) -> None:
    answer = store.query(query).serialize(format=RESULTS_FORMATS[name])
    there = QUERIES[query]

    for limit in (None, 0, 1, 7, 120, 121, 500):
        rows = counter(name, limit)
        assert rows is not None
        out = b"".join(rows.feed(answer[i : i + piece]) for i in range(0, len(answer), piece))
        out += rows.feed(b"", last=True)
        if rows.truncated:
            out = rows.announce(out, LINK)

        expected = there if limit is None else min(there, limit)
        assert rows.rows == expected
        assert rows.truncated == (limit is not None and there > limit)
        assert rows_of(name, out) == expected
        assert (LINK.encode() in out) == (rows.truncated and name in ("json", "xml"))
        if not rows.truncated:
            assert out == answer


def test_statements_are_lines() -> None:
    rows = counter("n-triples", 2)
    assert rows is not None

    out = rows.feed(b"<a:a> <a:b> 1 .\n<a:a> <a:b> 2 .\n<a:a> <a:b> 3 .\n", last=True)

    assert rows.truncated
    assert rows.announce(out, LINK).count(b"\n") == 3
    assert b"# cut" in rows.announce(out, LINK)
