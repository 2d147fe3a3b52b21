"""Build the layers of the graph, a named graph each: document, analysis, world, derived."""
