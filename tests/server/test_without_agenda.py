"""The server wing works without the rest of the package, over any RDF file.

Promise: the folder `agendagraph/server` and what lies below it can be reused for another graph.
A child process in which the agenda, the site, the networks and the knowledge cannot be imported
builds the application, runs it, and answers over HTTP.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

TURTLE = """
@prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:a rdfs:label "an apple"@en, "사과"@ko .
ex:b rdfs:label "a pear"@en .
"""

CHILD = '''
import importlib.abc, json, socket, sys, threading

REST = ("agenda", "site", "network", "knowledge")


class Absent(importlib.abc.MetaPathFinder):
    """Raises for the parts of the package that are not there."""

    def find_spec(self, name, path=None, target=None):
        parts = name.split(".")
        if parts[0] == "agendagraph" and len(parts) > 1 and parts[1] in REST:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


sys.meta_path.insert(0, Absent())

import httpx
import uvicorn

from agendagraph.server.http.app import create_app
from agendagraph.server.http.startup import find_data
from agendagraph.server.settings import Settings

settings = Settings(store=sys.argv[1], query_log="", port=0)
snapshot, _ = find_data(settings)
ready = threading.Event()
app = create_app(settings, snapshot, on_ready=lambda _: ready.set())
listener = socket.create_server(("127.0.0.1", 0))
url = f"http://127.0.0.1:{listener.getsockname()[1]}"
server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
thread.start()
assert ready.wait(60)
query = {"query": "SELECT ?l { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?l } ORDER BY ?l"}
with httpx.Client(base_url=url, timeout=30) as client:
    answers = {
        "rows": client.get("/sparql", params=query, headers={"Accept": "text/csv"}).text.split(),
        "page": client.get("/", headers={"Accept": "text/html"}).text,
        "html": client.get("/sparql", params={**query, "format": "html"}).text,
        "description": client.get("/sparql", headers={"Accept": "text/turtle"}).text,
        "problem": client.get("/sparql?query=ASK").json(),
        "paths": list(client.get("/api/openapi.json").json()["paths"]),
        "networks": client.get("/api/networks").status_code,
        "ready": client.get("/ready").json()["quads"],
    }
server.should_exit = True
thread.join(20)
loaded = sorted({name.split(".")[1] for name in sys.modules if name.startswith("agendagraph.")})
print(json.dumps({**answers, "loaded": loaded}))
'''


@pytest.mark.server
def test_a_server_answers_where_the_rest_of_the_package_is_not_there(tmp_path: Path) -> None:
    data = tmp_path / "fruit.ttl"
    data.write_text(TURTLE, "utf-8")

    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(data)], capture_output=True, text=True, check=False
    )

    assert child.returncode == 0, child.stderr
    answers = json.loads(child.stdout)
    assert answers["rows"] == ["l", "a", "pear", "an", "apple", "사과"]
    assert answers["ready"] == 3
    assert '<form action="/sparql"' in answers["page"]
    assert "an apple" in answers["html"]
    assert "sd:endpoint" in answers["description"]
    assert answers["problem"]["status"] == 400
    assert "/sparql" in answers["paths"]
    assert not [path for path in answers["paths"] if "networks" in path]
    assert answers["networks"] == 404
    assert not {"agenda", "site", "network", "knowledge"} & {*answers["loaded"]}
