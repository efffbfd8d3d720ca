"""The Lambda layer: what every function shares (HTTP edge, JSON, validation, telemetry, AWS)."""
