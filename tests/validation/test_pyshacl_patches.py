"""The patches take effect in the pySHACL that is installed, and only in programs that validate."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = '''
import json, sys
from collections import Counter
import pyshacl
from pyshacl import shape
from pyshacl.graph_abstraction import RdfLibDataGraph
from rdflib import Graph
from rdflib.plugins.sparql import processor
from agendagraph.validation import pyshacl_patches

calls = Counter()
def count(owner, name):
    original = getattr(owner, name)
    def counted(*args, **kwargs):
        calls[name] += 1
        return original(*args, **kwargs)
    setattr(owner, name, counted)

for owner in (processor, pyshacl_patches):
    count(owner, "parseQuery")
count(RdfLibDataGraph, "__len__")
if sys.argv[1] == "patched":
    pyshacl_patches.install()
parse = lambda text: Graph().parse(data=text, format="turtle")
shapes = parse("""
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix s: <urn:s:> .
s:shape a sh:NodeShape ; sh:targetClass s:C ; sh:property [ sh:path s:p ; sh:minCount 1 ] ;
  sh:sparql [ sh:select "SELECT $this WHERE { $this <urn:s:q> ?q }" ] .""")
data = parse("@prefix s: <urn:s:> . " + "".join(f"s:n{n} a s:C ; s:q 1 . " for n in range(9)))
_, results, _ = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
focus = sorted(map(str, results.objects(None, pyshacl.consts.SH_focusNode)))
print(json.dumps([focus, calls, type(shape.CONSTRAINT_PARAMS[0]).__name__]))
'''
SERVING = """
import sys
import agendagraph.server.http.app, agendagraph.server.updates.writer_client, agendagraph.validation
import agendagraph.server.updates.writer
print([name for name in sys.modules if name.startswith(("pyshacl", "rdflib"))
    or name.endswith(".pyshacl_patches")])
"""


def run(program: str, *arguments: str) -> str:
    """Run a program in a process of its own, and return what it prints."""
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_each_patch_replaces_what_pyshacl_uses() -> None:
    focus, calls, parameters = json.loads(run(PROGRAM, "patched"))
    focus_before, calls_before, parameters_before = json.loads(run(PROGRAM, "original"))

    assert len(focus) == 18
    assert focus == focus_before
    assert (calls["parseQuery"], calls_before["parseQuery"]) == (1, 9)
    assert ("__len__" in calls, "__len__" in calls_before) == (False, True)
    assert (parameters, parameters_before) == ("frozenset", "list")


def test_the_server_and_its_writer_do_not_load_them() -> None:
    assert run(SERVING).strip() == "[]"
