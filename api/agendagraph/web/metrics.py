"""Counters for Prometheus, one registry for each application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agendagraph.sparql.engine import Engine

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """What the application counts itself, and what it reads off its engine when asked."""

    def __init__(self, engine: Callable[[], Engine | None]) -> None:
        """Count, and read the engine that *engine* returns, if there is one."""
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
        self._bound: dict[tuple[str, str], tuple[Counter, Histogram]] = {}
        self._registry.register(_EngineCollector(engine))
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

    def text(self) -> bytes:
        """Return everything in the text format of Prometheus."""
        return generate_latest(self._registry)


class _EngineCollector:
    """Reads the engine's state at the moment of the scrape."""

    def __init__(self, engine: Callable[[], Engine | None]) -> None:
        self._engine = engine

    def describe(self) -> list[Metric]:
        """Return nothing, so that registering does not scrape."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield what is so now, then what was counted."""
        engine = self._engine()
        if engine is None:
            return
        now = {
            "queries_running": ("Queries at work", engine.scheduler.running),
            "queries_waiting": ("Queries that wait", engine.scheduler.waiting),
            "cache_answers": ("Answers in the cache", len(engine.cache)),
            "cache_bytes": ("Bytes in the cache", engine.cache.size),
            "spool_bytes": ("Bytes on disk for unread answers", engine.space.used_bytes),
        }
        for name, (meaning, value) in now.items():
            yield GaugeMetricFamily(f"agendagraph_{name}", meaning, value=value)
        so_far = {
            "queries_shared": ("Queries that joined an equal one", engine.coalesced),
            "workers_forked": ("Workers started", engine.pool.forked),
            "workers_replaced": ("Workers killed or replaced", engine.pool.killed),
            "cache_hits": ("Answers from the cache", engine.cache.hits),
            "cache_misses": ("Questions that the cache could not answer", engine.cache.misses),
        }
        for name, (meaning, value) in so_far.items():
            yield CounterMetricFamily(f"agendagraph_{name}", meaning, value=value)
