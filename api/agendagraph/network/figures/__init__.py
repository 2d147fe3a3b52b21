"""Figures of networks: charts, maps, and an interactive view."""
