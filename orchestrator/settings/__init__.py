"""What each layer may be configured with, and whether its stack files say so."""
