"""Connections: the socket, the hardened HTTP protocol, its limits, and clients that disconnect."""
