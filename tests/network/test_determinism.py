"""The same input and seed give the same bytes, on any hash seed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

PROGRAM = """
import sys
import networkx as nx
from agendagraph.network import backbone, communities, compare, measures, project, to_frames
from agendagraph.network.exports import encode
from agendagraph.network.figures.charts import draw_bipartite, draw_network, save

women = nx.davis_southern_women_graph()
# Take the nodes and edges out of sets of strings, whose order the hash seed decides.
B = nx.Graph()
for node in set(women):
    B.add_node(node, bipartite=women.nodes[node]["bipartite"])
B.add_edges_from(set(women.edges()))
G = project(B, on=0, weight="newman")
out = sys.stdout
out.write(encode(G, "graphml").decode())
out.write(encode(G, "gexf").decode())
for weight in ("count", "jaccard"):
    out.write(encode(project(B, on=0, weight=weight), "json").decode())
out.write(backbone(B, on=0, signed=True).edges.to_csv())
found = communities(G, seed=3, runs=10, nulls=5, source=B)
out.write(repr(found.labels) + repr(found.null_modularity))
taken = measures(G, communities=found.labels, source=B, replicates=10, seed=2)
out.write(taken.nodes.to_csv() + taken.ranks.to_csv() + repr(taken.graph))
out.write(repr(measures(B).graph))
nodes, edges = to_frames(G)
out.write(nodes.to_csv() + edges.to_csv())
out.write(compare({"newman": G, "count": project(B, on=0)}).table.to_csv())
for name, figure in (("a", draw_network(G, lang="en")), ("b", draw_bipartite(B, lang="en"))):
    save(figure, f"{sys.argv[1]}/{name}.svg")
    out.write(open(f"{sys.argv[1]}/{name}.svg").read())
"""


def output(seed: str, folder: str) -> bytes:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, folder],
        env={**os.environ, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        check=True,
        timeout=240,
    )
    return done.stdout


def test_two_hash_seeds_give_the_same_bytes(tmp_path: object) -> None:
    first, second = output("1", str(tmp_path)), output("4242", str(tmp_path))

    assert len(first) > 100_000
    assert first == second
