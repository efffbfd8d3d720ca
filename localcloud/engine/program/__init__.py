"""Running a stack program: its process, the services that it talks to, its failures."""
