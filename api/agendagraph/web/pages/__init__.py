"""Pages for people: who gets one, and the one at the server's address."""
