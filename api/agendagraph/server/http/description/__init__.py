"""Self-description of a server: SPARQL Service Description, VoID and DCAT."""
