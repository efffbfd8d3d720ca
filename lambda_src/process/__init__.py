"""POST /process and POST /records: a record comes in by the API."""
