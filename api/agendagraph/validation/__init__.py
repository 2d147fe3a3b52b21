"""Hold a graph against its shapes, and report as data.

pySHACL does the work, in a child process: while it loads shapes it changes how rdflib
reads booleans in its whole process, and after shapes that do not parse it never changes
that back. This floor knows SHACL and no store: what is validated arrives as files or as
quads.
"""

from agendagraph.validation.report import Place, Report, Result, Severity
from agendagraph.validation.run import validate_files, validate_quads, validate_store

__all__ = [
    "Place",
    "Report",
    "Result",
    "Severity",
    "validate_files",
    "validate_quads",
    "validate_store",
]
