"""Starting and stopping the server, from outside."""
