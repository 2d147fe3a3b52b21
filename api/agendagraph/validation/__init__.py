"""Validate a graph against its SHACL shapes, and report the results as data.

pySHACL validates, in a child process: while it loads shapes it changes how rdflib reads
booleans in the whole process, and does not change that back if the shapes do not parse.

- `run`: starts the child (`validate_files`, `validate_quads`)
- `child`: the program of the child
- `shapes_lint`: checks that the shapes are well formed
- `shape_rewriting`: rewrites the shapes so that pySHACL is quick
- `report`: the results
"""

from agendagraph.validation.report import Place, Report, Result, Severity
from agendagraph.validation.run import validate_files, validate_quads

__all__ = [
    "Place",
    "Report",
    "Result",
    "Severity",
    "validate_files",
    "validate_quads",
]
