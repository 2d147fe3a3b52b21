"""HTTP: a route reads a request, calls a lower floor and responds.

``create_app`` is in `server.http.app`; it is not re-exported here, so that the
modules which need no web framework can be imported without one.
"""
