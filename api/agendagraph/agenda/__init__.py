"""From an official page to a graph: read, link, build. It knows no HTTP and no process."""
