"""Count what the units of a bipartite graph share: in memory, out of core, on a cluster.

One module an engine, imported when it is asked for. Each returns the same integers as
the plain path in `network.projection`; none computes a weight.
"""
