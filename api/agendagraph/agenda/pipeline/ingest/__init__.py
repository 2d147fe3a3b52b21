"""Turn a new page into a draft agenda.

`draft`: the whole path; `draft_tables`: the tables of the draft; `commitments`: where a sentence
divides; `review` and `review_page`: what a person must decide; `json_document`: the page as JSON.
"""
