"""The one version of graph, vocabulary and code."""

__version__ = "0.1.0"
