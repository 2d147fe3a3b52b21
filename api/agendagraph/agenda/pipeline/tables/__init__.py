"""Read the hand-edited tables, and report everything that is wrong with them."""
