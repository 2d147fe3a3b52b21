"""What the service and its data say of themselves, in RDF."""
