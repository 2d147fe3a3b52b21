"""SERVICE and LOAD: queries and documents of other servers.

`hosts`: the allowlist; `outgoing`: the HTTP request, to public addresses only; `client`: one call;
`rewriting`: find the calls of a query and join their answers; `service_calls`: run them before the
query. `sparql.protocol` and `sparql.query_syntax` decide whether a query has a call at all.
"""
