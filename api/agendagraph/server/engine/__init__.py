"""Run queries in processes that can be killed: schedule, execute, cache, stream."""
