"""The version of graph, vocabulary and code, and the date of its release."""

__version__ = "0.1.0"
RELEASED = "2026-11-22"
