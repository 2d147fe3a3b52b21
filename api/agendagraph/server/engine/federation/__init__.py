"""Other servers: which may be asked, how they are asked, and what becomes of their answers."""
