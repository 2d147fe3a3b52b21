"""Pages for people: their templates, words and style. Workers and the HTTP process fill them.

No page has a script, and the policy allows none.
"""
