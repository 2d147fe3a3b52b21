"""What an operator watches: health, Prometheus metrics and the query log."""
