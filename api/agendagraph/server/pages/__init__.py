"""Pages for people: their templates, words and style. Workers and the HTTP process fill them.

There is no script in any page, and the policy lets none run.
"""
