"""The server process: what stands between a request and MiniStack."""
