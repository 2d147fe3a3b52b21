"""A SPARQL query of a client, as the cache compares it and a worker runs it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from agendagraph.sparql.query_syntax import VOLATILE, keywords

if TYPE_CHECKING:
    from agendagraph.sparql.negotiation import Choice
    from agendagraph.sparql.protocol import QueryOperation

_DERIVED_FROM: Final = VOLATILE | {"SERVICE", "FROM"}


@dataclass(frozen=True, slots=True)
class SparqlQuery:
    """A query operation with the formats that its client accepts.

    Attributes:
        key: Everything that the answer depends on besides the data.
        fingerprint: A short hash of the text, for the log and the statistics.
        volatile: Whether the answer can differ over the same data, as that of RAND() does.
        names_dataset: Whether the request or the query (FROM) names the dataset.
    """

    operation: QueryOperation
    choice: Choice
    key: tuple[object, ...] = field(init=False, repr=False, compare=False)
    fingerprint: str = field(init=False, repr=False, compare=False)
    volatile: bool = field(init=False, repr=False, compare=False)
    names_dataset: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Derive the attributes that several callers need."""
        text = self.operation.text
        default, named = self.operation.default_graphs, self.operation.named_graphs
        digest = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
        found = keywords(text, _DERIVED_FROM)
        object.__setattr__(self, "key", (text, default, named, self.choice))
        object.__setattr__(self, "fingerprint", digest)
        object.__setattr__(self, "volatile", bool(found - {"FROM"}))
        object.__setattr__(self, "names_dataset", bool(default or named or "FROM" in found))

    @property
    def text(self) -> str:
        """The query's text."""
        return self.operation.text

    def calls_service(self) -> bool:
        """Whether the query calls another endpoint."""
        return bool(keywords(self.operation.text, {"SERVICE"}))
