"""Without an optional package a call says what is missing and how to get it."""

from __future__ import annotations

import subprocess
import sys

import pytest

import agendagraph.network as package
from agendagraph.errors import MissingExtraError
from agendagraph.network.extras import require


def run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True, timeout=120
    )
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("absent", "call", "extra"),
    [
        ("scipy", "network.backbone", "network"),
        ("pandas", "network.measures", "network"),
        ("duckdb", "network.project(B, on=0, engine='duckdb')", "scale"),
        ("pyspark", "network.project(B, on=0, engine='spark', spark=1)", "spark"),
        ("pyarrow", "encode(B, 'parquet')", "scale"),
    ],
)
def test_the_extra_is_named(absent: str, call: str, extra: str) -> None:
    """In a process where the package cannot be imported, as where it is not installed."""
    program = f"""
import sys
sys.modules[{absent!r}] = None
import networkx as nx
from agendagraph import network
from agendagraph.errors import MissingExtraError
from agendagraph.network.exports import encode
B = nx.Graph([("u", 1)])
B.nodes["u"]["bipartite"], B.nodes[1]["bipartite"] = 0, 1
try:
    {call}
except MissingExtraError as error:
    print(error.package, error.extra, error)
"""
    printed = run(program)

    assert printed.startswith(f"{absent} {extra} ")
    assert f"pip install 'agendagraph[{extra}]'" in printed


def test_the_small_path_needs_no_extra() -> None:
    """Extraction, projection and export work with networkx alone."""
    program = """
import sys
for name in ("numpy", "scipy", "pandas", "matplotlib", "duckdb", "pyarrow", "pyspark"):
    sys.modules[name] = None
import networkx as nx
from agendagraph.network import network, networks, project, write
from agendagraph.network.exports import encode
B = nx.Graph([("u", 1), ("v", 1)])
for node in B:
    B.nodes[node]["bipartite"] = int(node == 1)
print(project(B, on=0).edges["u", "v"], len(networks()), len(encode(B, "gexf")) > 0)
"""
    assert run(program) == "{'weight': 1} 9 True\n"


def test_importing_the_package_imports_no_heavy_library() -> None:
    program = (
        "import sys, agendagraph.network; "
        "print(sorted({'numpy', 'scipy', 'pandas', 'matplotlib'} & set(sys.modules)))"
    )

    assert run(program) == "[]\n"


def test_every_public_name_is_there() -> None:
    assert dir(package) == package.__all__
    for name in package.__all__:
        assert getattr(package, name).__doc__

    with pytest.raises(AttributeError, match="no attribute 'power'"):
        _ = package.power


def test_an_error_of_ours_is_not_hidden() -> None:
    """A module that is missing for another reason stays an ordinary error."""
    with pytest.raises(ModuleNotFoundError) as caught:
        require("no_such_module", "this test")
    assert not isinstance(caught.value, MissingExtraError)
