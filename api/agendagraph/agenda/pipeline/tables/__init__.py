"""Read the hand-edited tables, check them, and report all problems at once."""
