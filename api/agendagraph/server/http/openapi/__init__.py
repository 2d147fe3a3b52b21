"""The API document: every address of the server, in OpenAPI."""
