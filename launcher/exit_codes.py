"""Exit codes that say how a command ended, as shells count: 128 and the signal's number."""

INTERRUPTED = 130
"""After Ctrl-C: SIGINT."""
NO_READER = 141
"""The reader (`| head`) has gone: SIGPIPE, as of any other command."""
