"""The layers of the graph, one named graph each: document, analysis, world, derived."""
