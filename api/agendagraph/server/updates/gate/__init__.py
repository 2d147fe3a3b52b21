"""The SHACL gate: validate an update incrementally before it is committed.

`validator_client` runs in the writer and talks to the process of `incremental_validation`;
`impact` finds which focus nodes a change can affect.
"""
