"""Move data in and out of a store: backup, restore, dump and load."""
