"""Measures of nodes and of whole networks, with bootstrap intervals."""
