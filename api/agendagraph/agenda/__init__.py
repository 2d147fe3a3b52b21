"""From an official page to an RDF graph: source (parse), linking (names), pipeline (build)."""
