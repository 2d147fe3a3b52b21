"""Child processes: their messages, and the sandbox that they run in."""
