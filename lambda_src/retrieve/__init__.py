"""GET /records and GET /records/{symbol}: records go out by the API."""
