"""The results of a validation as data, without objects of any library."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from agendagraph.errors import ValidationFailed

if TYPE_CHECKING:
    from collections.abc import Mapping


class Severity(StrEnum):
    """The severities of SHACL. A violation stops a build."""

    VIOLATION = "Violation"
    WARNING = "Warning"
    INFO = "Info"


_RANK: Final = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Place:
    """The origin of a node: a row of a table, or a line of a page.

    ``line`` counts from 1; ``column`` is the name of a table's column, where one is known.
    """

    file: str
    line: int
    column: str | None = None

    def __str__(self) -> str:
        """Return the place as in error messages: ``countries.csv:12:iso3``."""
        return ":".join(str(p) for p in (self.file, self.line, self.column) if p is not None)


@dataclass(frozen=True, slots=True)
class Result:
    """One result: a focus node that violates a shape.

    ``focus_node``, ``shape`` and ``component`` are IRIs (a blank node is ``_:`` and its
    label). ``path`` is a SPARQL property path with whole IRIs, ``value`` a term in N-Triples
    syntax; each is None where the shape is not about one. ``messages`` has one text for each
    language; a text without a language has the key ``""``. ``places`` are the origins of the
    focus node; only a build knows them.
    """

    severity: Severity
    focus_node: str
    path: str | None
    value: str | None
    messages: Mapping[str, str] = field(hash=False)
    shape: str
    component: str
    places: tuple[Place, ...] = ()

    def message(self, language: str = "en") -> str:
        """Return the text in *language*, or else in English, or else any."""
        for key in (language, "en", ""):
            if key in self.messages:
                return self.messages[key]
        return next(iter(self.messages.values()), "")

    def sort_key(self) -> tuple[int, str, str, str, str]:
        """Return a key: violations first, then by focus node, path, shape and value."""
        rank = _RANK[self.severity]
        return (rank, self.focus_node, self.path or "", self.shape, self.value or "")


@dataclass(frozen=True, slots=True)
class Report:
    """All results of one validation, violations first.

    ``reached`` is false if the shapes select no node of the graph, so that nothing was
    validated.
    """

    results: tuple[Result, ...]
    reached: bool = True

    @property
    def conforms(self) -> bool:
        """Whether there is no violation; there may be warnings and notes."""
        return not self.violations

    @property
    def violations(self) -> tuple[Result, ...]:
        """The results that stop a build."""
        return self.of(Severity.VIOLATION)

    @property
    def warnings(self) -> tuple[Result, ...]:
        """The results that a person should look at."""
        return self.of(Severity.WARNING)

    def of(self, severity: Severity) -> tuple[Result, ...]:
        """Return the results of one severity."""
        return tuple(r for r in self.results if r.severity is severity)

    def raise_for_violations(self) -> None:
        """Raise an error if the graph does not conform.

        Raises:
            ValidationFailed: There is at least one violation; the error carries this report.
        """
        if not self.conforms:
            raise ValidationFailed(report=self, violations=len(self.violations))

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON data; ``places`` only where there are some."""
        rows = [asdict(result) for result in self.results]
        for row in rows:
            if not row["places"]:
                del row["places"]
        return {"conforms": self.conforms, "reached": self.reached, "results": rows}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Report:
        """Return the report that `to_dict` wrote, sorted and without duplicates."""
        results = {}
        for row in data["results"]:
            places = tuple(Place(**place) for place in row.get("places", ()))
            result = Result(**{**row, "severity": Severity(row["severity"]), "places": places})
            key = (*result.sort_key(), result.component, str(sorted(result.messages.items())))
            results[key] = result
        ordered = tuple(results[key] for key in sorted(results))
        return cls(ordered, reached=data.get("reached", True))
