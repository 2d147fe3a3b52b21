"""Turn a page that was never read before into a draft agenda."""
