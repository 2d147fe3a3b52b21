"""Nobody is asked but a named host at a public address, however a request words it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from agendagraph.server.engine.federation.hosts import NamedHosts, is_public
from agendagraph.server.engine.federation.outgoing import Outgoing, Request
from agendagraph.sparql.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from conftest import Names, Server, Stranger

PUBLIC = [
    "93.184.216.34",
    "2606:4700:4700::1111",
    "::ffff:93.184.216.34",
    "64:ff9b::5db8:d822",
    "2002:5db8:d822::1",
]
NOT_PUBLIC = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",  # noqa: S104 - an address to be refused
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "192.88.99.1",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1%eth0",
    "fec0::1",
    "ff02::1",
    "localhost",
    "",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_that_are_never_asked(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("iri", "asked"),
    [
        ("http://named.example/sparql?x=1#part", "http://named.example/sparql?x=1"),
        ("https://NAMED.Example./", "https://named.example/"),
        ("https://named.example:443/", "https://named.example/"),
        ("http://other.example:8080/", "http://other.example:8080/"),
        ("https://other.example:8080/", "https://other.example:8080/"),
        ("http://한국.kr/길", "http://xn--3e0b707e.kr/%EA%B8%B8"),
        ("http://XN--3E0B707E.kr/", "http://xn--3e0b707e.kr/"),
        ("http://[2606:4700:0:0::1111]/", "http://[2606:4700::1111]/"),
    ],
)
def test_named_hosts(iri: str, asked: str) -> None:
    named = NamedHosts(["Named.Example", "other.example:8080", "한국.kr", "[2606:4700::1111]"])

    assert str(named.target(iri)) == asked


@pytest.mark.parametrize(
    "entry",
    [
        *("http://named.example", "named.example/sparql", "user@named.example", "*.example", "."),
        *("named.example:0", "named.example:99999", "named.example:http", "a b", "[::1]", ""),
        *("127.0.0.1", "10.0.0.1:8080", "169.254.169.254", "[::ffff:10.0.0.1]"),
    ],
)
def test_entries_that_name_no_host_that_may_be_asked(entry: str) -> None:
    with pytest.raises(ValueError, match=r"host|asked"):
        NamedHosts([entry])


VECTORS = [
    *("http://127.0.0.1:{port}/sparql", "http://localhost:{port}/sparql"),
    *("http://2130706433:{port}/sparql", "http://017700000001:{port}/sparql"),
    *("http://0x7f000001:{port}/sparql", "http://0x7f.1:{port}/sparql"),
    *("http://127.1:{port}/sparql", "http://0:{port}/sparql", "http://0.0.0.0:{port}/sparql"),
    *("http://[::1]:{port}/sparql", "http://[::ffff:127.0.0.1]:{port}/sparql"),
    *("http://[::ffff:7f00:1]:{port}/sparql", "http://[0:0:0:0:0:0:0:1]:{port}/sparql"),
    "http://[::]:{port}/sparql",
    *("http://169.254.169.254/latest/meta-data/", "http://metadata.google.internal/"),
    *("http://instance-data/", "http://[fd00:ec2::254]/latest/meta-data/"),
    "http://named.example@127.0.0.1:{port}/sparql",
    "http://named.example:{port}@127.0.0.1:{port}/sparql",
    "http://user:password@named.example:{port}/sparql",
    "http://127.0.0.1:{port}/sparql#@named.example:{port}/",
    "http://127.0.0.1:{port}?@named.example:{port}/",
    "http://127.0.0.1:{port}/named.example:{port}/sparql",
    "http://named.example.127.0.0.1:{port}/sparql",
    "http://xnamed.example:{port}/sparql",
    "http://named.example.evil.example:{port}/sparql",
    "http://%6eamed.example:{port}/sparql",
    "http://named.example%2e:{port}/sparql",
    "http://named.example%00:{port}/sparql",
    "http://named.example%40127.0.0.1:{port}/sparql",
    "http://ｎamed.example:{port}/sparql",
    "http://①②⑦.⓪.⓪.①:{port}/sparql",
    "http://named.example:22/sparql",
    "http://named.example/sparql",
    "https://named.example/sparql",
    *("http://:{port}/sparql", "http:///sparql", "file:///etc/passwd", "ftp://named.example/x"),
    *("gopher://named.example:{port}/", "urn:named.example", "data:text/turtle,", "//127.0.0.1/"),
]


@pytest.mark.parametrize("silent", ["", "SILENT "])
@pytest.mark.parametrize("vector", VECTORS)
def test_no_wording_reaches_another_host(
    server: Server, stranger: Stranger, canary: Stranger, there: str, vector: str, silent: str
) -> None:
    del there
    iri = vector.format(port=stranger.port)

    asked = server.query(f"SELECT * {{ SERVICE {silent}<{iri}> {{ ?s ?p ?o }} }}")
    loaded = server.update(f"LOAD {silent}<{iri}>")

    assert (asked.status_code, loaded.status_code) == (403, 403)
    assert asked.json()["type"].endswith("/host-not-named")
    assert stranger.hits == canary.hits == []


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p ?o } # SERVICE <@> { ?s ?p ?o }",
        "SELECT * { ?s ?p 'SERVICE <@> { ?s ?p ?o }' }",
        'SELECT * { ?s ?p """ " SERVICE <@> { ?s ?p ?o } """ }',
        "SELECT * { ?s <http://service/> ?service }",
        "PREFIX SERVICE: <@> SELECT * { ?s SERVICE:SERVICE ?o }",
    ],
)
def test_a_word_in_another_place_asks_nobody(
    server: Server, stranger: Stranger, there: str, query: str
) -> None:
    answer = server.query(query.replace("@", there))

    assert answer.status_code == 200
    assert stranger.hits == []


@pytest.mark.parametrize(
    "query",
    [
        "ASK { ?s ?p 1<2#>)SERVICE<@>{\n?s ?p ?o } }",
        "ASK { FILTER(1<2)SERVICE<@>{ ?s ?p ?o } }",
        "ASK { SERV\\u0049CE <@> { ?s ?p ?o } }",
        "ASK { ?s ?p ?o FILTER(?s<?o#>'\n) SERVICE <@> { ?s ?p ?o } #'\n }",
    ],
)
def test_what_the_tokens_overlook_dies_for_want_of_sockets(
    server: Server, canary: Stranger, query: str
) -> None:
    """The engine itself would ask 127.0.0.1, if it only could."""
    answer = server.query(query.replace("@", f"http://127.0.0.1:{canary.port}/sparql"))

    assert answer.status_code in (200, 400, 403)
    assert canary.hits == []


@pytest.mark.parametrize(
    "answer",
    [
        ["127.0.0.2", "127.0.0.1"],
        ["127.0.0.1", "127.0.0.2"],
        ["127.0.0.2", "10.0.0.1", "127.0.0.2"],
        ["::1", "127.0.0.2"],
    ],
)
def test_one_private_address_among_public_ones_is_enough(
    server: Server,
    stranger: Stranger,
    canary: Stranger,
    names: Names,
    there: str,
    answer: list[str],
) -> None:
    names.known["mixed.example"] = [answer]
    iri = there.replace("named", "mixed")

    asked = server.query(f"SELECT * {{ SERVICE SILENT <{iri}> {{ ?s ?p ?o }} }}")
    loaded = server.update(f"LOAD SILENT <{iri}>")

    assert (asked.status_code, loaded.status_code) == (403, 403)
    assert asked.json()["type"].endswith("/address-not-public")
    assert not any(address in asked.text for address in answer)
    assert stranger.hits == canary.hits == []


def test_a_name_that_changes_its_meaning_is_resolved_once(
    server: Server, stranger: Stranger, canary: Stranger, names: Names, there: str
) -> None:
    """Rebinding: public when it is checked, private when it is connected to."""
    names.known["moving.example"] = [["127.0.0.2"], ["127.0.0.1"]]
    names.asked.clear()
    iri = there.replace("named", "moving")

    first = server.query(f"SELECT * {{ SERVICE <{iri}> {{ ?s ?p ?o }} }}")
    second = server.query(f"SELECT * {{ SERVICE <{iri}> {{ ?s ?p ?o }} }}")

    assert (first.status_code, second.status_code) == (200, 403)
    assert names.asked == ["moving.example", "moving.example"]
    assert (len(stranger.hits), canary.hits) == (1, [])


@pytest.mark.parametrize("dead", [["127.0.0.3"], ["127.0.0.3", "127.0.0.4"]])
def test_the_next_address_is_tried_where_one_does_not_answer(
    stranger: Stranger, there: str, dead: list[str]
) -> None:
    async def status(places: list[str]) -> int:
        outgoing = Outgoing(
            NamedHosts([f"named.example:{stranger.port}"]),
            resolve=lambda *_: places,
            may_connect=lambda _: True,
        )
        try:
            async with outgoing.answer(Request(there, "*/*", form={"query": "ASK {}"})) as answer:
                return answer.status_code
        finally:
            outgoing.close()

    assert asyncio.run(status([*dead, "127.0.0.2"])) == 200
    with pytest.raises(Refusal, match="call-failed"):
        asyncio.run(status(dead))


def test_a_name_without_an_address_is_no_answer(server: Server, there: str) -> None:
    iri = there.replace("named", "gone")

    answer = server.query(f"SELECT * {{ SERVICE <{iri}> {{ ?s ?p ?o }} }}")

    assert answer.status_code == 502
    assert "no address" in answer.json()["detail"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_an_endpoint_is_not_followed(
    server: Server, stranger: Stranger, canary: Stranger, there: str, status: int
) -> None:
    stranger.answers["/sparql"] = lambda handler: handler.send(
        b"", "text/plain", status, Location=f"http://127.0.0.1:{canary.port}/sparql"
    )

    answer = server.query(f"SELECT * {{ SERVICE <{there}> {{ ?s ?p ?o }} }}")

    assert answer.status_code == 502
    assert f"the status {status}" in answer.json()["detail"]
    assert canary.hits == []


def test_no_proxy_of_the_environment_is_asked(
    server: Server,
    stranger: Stranger,
    canary: Stranger,
    there: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}/")

    answer = server.query(f"SELECT * {{ SERVICE <{there}> {{ ?s ?p ?o }} }}")

    assert answer.status_code == 200
    assert (len(stranger.hits), canary.hits) == (1, [])


def test_the_rule_of_a_real_server_forbids_loopback(
    serving: Callable[..., AbstractContextManager[Server]],
    stranger: Stranger,
    canary: Stranger,
    there: str,
    tmp_path: Path,
) -> None:
    """Nothing is injected here: names are resolved and addresses judged as in production."""
    hosts = (f"localhost:{canary.port}", f"127.1:{canary.port}", f"0x7f000001:{canary.port}")
    with serving(tmp_path, None, *hosts) as server:
        for host in hosts:
            query = f"SELECT * {{ SERVICE <http://{host}/sparql> {{ ?s ?p ?o }} }}"
            answer = server.query(query)
            assert answer.status_code == 403
            assert answer.json()["type"].endswith("/address-not-public")
            assert server.update(f"LOAD <http://{host}/x.ttl>").status_code == 403
        assert server.query(f"ASK {{ SERVICE <{there}> {{ }} }}").status_code == 403
    assert stranger.hits == canary.hits == []


def test_nothing_is_asked_of_anybody_by_default(
    serving: Callable[..., AbstractContextManager[Server]],
    stranger: Stranger,
    there: str,
    tmp_path: Path,
) -> None:
    with serving(tmp_path, None) as server:
        asked = server.query(f"SELECT * {{ SERVICE SILENT <{there}> {{ ?s ?p ?o }} }}")
        loaded = server.update(f"LOAD SILENT <{there}>")
        mixed = server.update(f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{there}> {{ ?s ?p ?o }} }}")

    assert (asked.status_code, loaded.status_code, mixed.status_code) == (403, 403, 403)
    assert asked.json()["type"].endswith("/service-off")
    assert loaded.json()["type"].endswith("/load-off")
    assert stranger.hits == []
