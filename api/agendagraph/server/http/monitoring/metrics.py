"""Prometheus metrics, with one registry for each application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
)

from agendagraph.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agendagraph.server.engine.engine import Engine

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """Counters kept here, and gauges read from the engine on scrape."""

    def __init__(
        self, engine: Callable[[], Engine | None], updates_waiting: Callable[[], int]
    ) -> None:
        """Make the registry.

        Args:
            engine: Returns the engine, or ``None`` while the server starts.
            updates_waiting: Returns the number of updates in the queue.
        """
        self._registry = CollectorRegistry()
        self._queries = Counter(
            "agendagraph_queries",
            "Queries by outcome and by what answered them",
            ("outcome", "source"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "agendagraph_query_seconds",
            "Seconds from the arrival of a query to the end of its answer",
            ("source",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._refused = Counter(
            "agendagraph_requests_refused",
            "Requests other than queries that were refused, by HTTP status",
            ("status",),
            registry=self._registry,
        )
        self._bound: dict[tuple[str, str], tuple[Counter, Histogram]] = {}
        self._registry.register(_EngineCollector(engine, updates_waiting))
        ProcessCollector(registry=self._registry)

    def count(self, outcome: str, source: str, duration_s: float) -> None:
        """Count one query."""
        key = (outcome, source)
        bound = self._bound.get(key)
        if bound is None:
            bound = (self._queries.labels(*key), self._seconds.labels(source))
            self._bound[key] = bound
        bound[0].inc()
        bound[1].observe(duration_s)

    def refuse(self, status: int) -> None:
        """Count a rejected request that was no query."""
        self._refused.labels(str(status)).inc()

    def text(self) -> bytes:
        """Return the metrics in Prometheus text format."""
        return generate_latest(self._registry)


class _EngineCollector:
    """Reads the engine's state on scrape."""

    def __init__(
        self, engine: Callable[[], Engine | None], updates_waiting: Callable[[], int]
    ) -> None:
        self._engine = engine
        self._updates_waiting = updates_waiting

    def describe(self) -> list[Metric]:
        """Return nothing, so that registering does not scrape."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges, then the counters of the engine."""
        yield _info("build", "The version of the software", version=__version__)
        engine = self._engine()
        if engine is None:
            return
        meaning = "The data that new queries are answered from"
        yield _info("generation", meaning, generation=engine.generation)
        if engine.quads is not None:
            meaning = "Quads in that data, where they are known without counting"
            yield GaugeMetricFamily("agendagraph_store_quads", meaning, value=engine.quads)
        gauges = {
            "queries_running": ("Queries that run", engine.scheduler.running),
            "queries_waiting": ("Queries that wait", engine.scheduler.waiting),
            "updates_waiting": ("Updates that wait", self._updates_waiting()),
            "cache_answers": ("Answers in the cache", len(engine.cache)),
            "cache_bytes": ("Bytes in the cache", engine.cache.size),
            "spool_bytes": ("Bytes on disk for unread answers", engine.space.used_bytes),
        }
        for name, (meaning, value) in gauges.items():
            yield GaugeMetricFamily(f"agendagraph_{name}", meaning, value=value)
        counters = {
            "queries_shared": ("Queries that joined an equal one", engine.coalesced),
            "workers_forked": ("Workers started", engine.pool.forked),
            "queries_restarted": ("Queries preempted and restarted", engine.scheduler.restarted),
            "workers_replaced": ("Workers killed or replaced", engine.pool.killed),
            "cache_hits": ("Answers from the cache", engine.cache.hits),
            "cache_misses": ("Queries that the cache could not answer", engine.cache.misses),
        }
        for name, (meaning, value) in counters.items():
            yield CounterMetricFamily(f"agendagraph_{name}", meaning, value=value)


def _info(name: str, meaning: str, **labels: str) -> Metric:
    """Return a metric whose value is 1 and whose labels are the information."""
    return InfoMetricFamily(f"agendagraph_{name}", meaning, value=labels)
