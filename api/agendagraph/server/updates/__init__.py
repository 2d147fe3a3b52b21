"""Updates: atomic, validated, durable, and undoable.

Reading order, from the disk up: `store.generations` is the store's directory; `patch` is the
change of an update; `staging` executes a SPARQL update and computes its patch; `upload` parses
what clients send; `gate` validates a change; `transaction` commits it; `history` records it and
`undo` reverts it. `execute` dispatches a request (`requests`) to these. `writer` runs them in a
process that may be killed at any time; `writer_client` is its client in the server.
`external_inputs` (in the writer) and `fetch` (in the server) serve LOAD and SERVICE. `transfer`
is backup, dump, load and restore; `offline` is history and undo without a server.

No module here uses HTTP, settings or environment variables.
"""
