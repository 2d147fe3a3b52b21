"""Networks over HTTP, each calculated in a process that may be killed."""
