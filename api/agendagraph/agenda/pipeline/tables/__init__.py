"""Read the hand-edited tables, check them, and report all problems at once.

`rows`: the columns of each table and their allowed values; `cells`: the types of columns (a
`Concept` is a notation of a scheme in ``ontology/schemes``); `csv_file`: one file; `reading`: all
files; `integrity`: references between tables.
"""
