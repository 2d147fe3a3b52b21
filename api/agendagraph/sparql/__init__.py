"""The SPARQL language and protocol: requests, formats, syntax. Nothing here runs a query.

`protocol` reads the operation of an HTTP request, and `negotiation` chooses the formats of its
answer. A `SparqlQuery` has both and is the unit of cache, queue and worker.
`lexer` splits a text into tokens; `query_syntax`, `update_operations` and `syntax_errors` are
built on it. `protocol.calls_service` decides whether a query is federated;
`query_syntax.may_call_service` is stricter, for text that goes to another store. A `Refusal`
has a `Reason` and sometimes a `Cause`.

No module reads a setting. Only `syntax_errors` calls the parser, and only inside a worker:
some queries of 5 kB kill the process that parses them.
"""
