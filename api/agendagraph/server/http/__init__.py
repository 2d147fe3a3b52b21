"""HTTP: routes parse requests, call the engine or the updates, and send responses.

``create_app`` is in `server.http.app`. It is not re-exported here, so that modules that need no
web framework can be imported without one.
"""
