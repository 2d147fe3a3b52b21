"""The SHACL gate: validate an update incrementally before it is committed."""
