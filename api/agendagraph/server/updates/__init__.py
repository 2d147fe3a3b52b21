"""The endpoint's write side: updates that are whole, checked, durable, and can be undone.

Reading order, from the disk up: `directory` is the store's
directory, whose pointer file is the one commit point; `patch` is
what an update changed; `update_operations` and
`staging` carry out a SPARQL update and learn exactly what it
changed; `upload` reads what clients send;
`validator_client` holds the change against the shapes;
`transaction` puts these together; and
`writer` runs them in a process that may be killed at any moment,
of which `service` is the server's end.

No module here knows HTTP, a setting or an environment variable.
"""
