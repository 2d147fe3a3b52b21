"""The one version of graph, vocabulary and code, and the day on which it was issued."""

__version__ = "0.1.0"
RELEASED = "2026-11-22"
