"""GET /health and GET /info: is it there, and what is it."""
