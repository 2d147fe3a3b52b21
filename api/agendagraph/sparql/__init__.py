"""The SPARQL language and protocol: requests, formats, syntax. Nothing here runs a query.

`protocol` reads the operation of an HTTP request, and `negotiation` chooses the formats of its
answer. A `SparqlQuery` has both and is the unit of cache, queue and worker.
`lexer` splits a text into tokens; `query_syntax`, `update_operations` and `syntax_errors` are
built on it. A `Refusal` has a `Reason` and sometimes a `Cause`.

No module reads a setting. Only `syntax_errors` has a text parsed, for a caller in a worker:
some queries of 5 kB kill the process that parses them.
"""
