"""The exceptions of this package.

    AgendaError
    ├── SourceError             a page does not have the layout that we read
    ├── TableError              a row of a table is invalid
    │   └── TableErrors         all problems of a set of tables
    ├── GraphSyntaxError        an RDF document does not parse
    ├── ValidationFailed        the graph violates its shapes; carries the report
    ├── StoreError              a store cannot be opened or written
    │   └── StoreInUseError     another process has it locked; its server may take the request
    ├── QueryError              the query is invalid; answered with status 400
    │   └── QuerySyntaxError
    ├── QueryStopped            a valid query was stopped; answered with status 503 or 504
    │   └── QueryTimedOut
    └── NetworkError            a network cannot be computed, measured, drawn or written
        ├── NetworkParameterError   a parameter or an argument is invalid; answered 400
        ├── UnknownNetworkError     no network, node or edge has that name; answered 404
        └── MissingExtraError       an optional package is not installed

A class is added only when a caller handles it differently. A message states what was expected,
what was found and where; it shows no path of this machine but the one that the caller gave.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class AgendaError(Exception):
    """The base of all exceptions of this package."""


class _LocatedError(AgendaError):
    """An error at a place of a file; the message ends with that place."""

    def __init__(
        self, message: str, *, file: str, line: int | None = None, column: int | str | None = None
    ) -> None:
        place = ":".join(str(part) for part in (file, line, column) if part is not None)
        super().__init__(f"{place}: {message}")
        self.message = message
        self.file = file
        self.line = line
        self.column = column


class SourceError(_LocatedError):
    """A page does not have the layout that we read; nothing of it was used."""


class TableError(_LocatedError):
    """A row of a table is invalid: an unknown name, a duplicate, a bad date.

    ``column`` is the name of the column.
    """


class TableErrors(TableError):  # noqa: N818 - it is several errors
    """All problems of a set of tables, at least one.

    Its place is that of the first of ``problems``; its text has one line for each, and then
    one for each of ``unchecked``: tables whose problems prevented further checks.
    """

    def __init__(self, problems: Sequence[TableError], unchecked: Sequence[str] = ()) -> None:
        first = problems[0]
        super().__init__(first.message, file=first.file, line=first.line, column=first.column)
        self.problems = tuple(problems)
        self.unchecked = tuple(unchecked)

    def __str__(self) -> str:
        """Return one line for each problem, and for each table that prevented checks."""
        return "\n".join((*map(str, self.problems), *self.unchecked))


class GraphSyntaxError(_LocatedError):
    """An RDF document, ontology or shapes file does not parse."""


class ValidationFailed(AgendaError):  # noqa: N818 - named after the event
    """The graph violates its shapes; ``report`` is the `Report` of the validation."""

    def __init__(self, *, report: object, violations: int) -> None:
        places = "1 place" if violations == 1 else f"{violations} places"
        super().__init__(f"the graph violates its shapes in {places}")
        self.report = report
        self.violations = violations


class StoreError(AgendaError):
    """A store cannot be opened or written: it is locked, corrupt, full or missing."""


class StoreInUseError(StoreError):
    """Another server or command has locked the store.

    ``address`` is that of a server which accepts updates of it, or empty.
    """

    def __init__(self, message: str, *, address: str = "") -> None:
        super().__init__(f"{message}, {address}" if address else message)
        self.address = address


class QueryError(AgendaError):
    """The query is invalid."""


class QuerySyntaxError(QueryError):
    """The query does not parse, at ``line`` and ``column`` (both from 1).

    ``cause`` is the key of the message in translations, and ``found`` the wrong word; both are
    empty if the message is that of the parser.
    """

    def __init__(
        self,
        message: str,
        *,
        line: int | None = None,
        column: int | None = None,
        cause: str = "",
        found: str = "",
    ) -> None:
        place = "" if line is None else f"line {line}, column {column}: "
        super().__init__(f"{place}{message}")
        self.message = message
        self.line = line
        self.column = column
        self.cause = cause
        self.found = found


class QueryStopped(AgendaError):  # noqa: N818 - named after the event
    """A valid query was stopped."""


class QueryTimedOut(QueryStopped):
    """The query exceeded its time limit, and its worker was killed."""

    def __init__(self, *, limit_s: float) -> None:
        super().__init__(f"stopped after {limit_s:g} s, the time limit of this endpoint")
        self.limit_s = limit_s


class NetworkError(AgendaError):
    """A network cannot be computed, measured, drawn or written.

    ``details`` has the message as ``problem`` and, for translations, its key as ``cause`` with
    the values in the message.
    """

    def __init__(self, message: str, *, cause: str = "", **facts: str) -> None:
        super().__init__(message)
        self.details = {"problem": message, **({"cause": cause, **facts} if cause else {})}


class NetworkParameterError(NetworkError):
    """A parameter or an argument of a network function is invalid; nothing was computed."""


class UnknownNetworkError(NetworkError):
    """No network, node or edge has that name; the message lists the nearest names."""


class MissingExtraError(NetworkError):
    """An optional package is not installed.

    ``package`` is its name, ``extra`` the extra of Agendagraph that installs it.
    """

    def __init__(self, *, package: str, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs the package {package}, which is not installed; "
            f"install it with: pip install 'agendagraph[{extra}]'"
        )
        self.package = package
        self.extra = extra
