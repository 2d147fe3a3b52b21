"""The endpoint's write side: updates that are whole, checked, durable, and can be undone.

Reading order, from the disk up: :mod:`~agendagraph.updates.directory` is the store's
directory, whose pointer file is the one commit point; :mod:`~agendagraph.updates.patch` is
what an update changed; :mod:`~agendagraph.updates.operations` and
:mod:`~agendagraph.updates.change` carry out a SPARQL update and learn exactly what it
changed; :mod:`~agendagraph.updates.upload` reads what clients send;
:mod:`~agendagraph.updates.gate` holds the change against the shapes;
:mod:`~agendagraph.updates.transaction` puts these together; and
:mod:`~agendagraph.updates.writer` runs them in a process that may be killed at any moment,
of which :mod:`~agendagraph.updates.service` is the server's end.

No module here knows HTTP, a setting or an environment variable.
"""
