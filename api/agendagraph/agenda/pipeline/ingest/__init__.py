"""Turn a new page into a draft agenda."""
