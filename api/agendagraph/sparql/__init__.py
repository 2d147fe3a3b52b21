"""The endpoint's query side: protocol, negotiation, workers that can be stopped, cache.

Reading order, from the wire to the engine: `protocol` and
`negotiation` say what was asked; `engine`
answers it from the cache, from an equal query in flight, or through
`scheduler`, which hands it to a worker process of
`pool`.

No module here reads a setting or an environment variable, and no query is ever parsed in
the process that speaks HTTP: some queries of 5 kB kill the process that parses them.
"""
