"""Running a stack program: its process, the services that it talks to, its failures.

Comes in: `session`, with a project and a run. Touches: child processes and one private socket; what
a program asks for goes to `planning`. `host`, `preload` and `failure` run inside the child and
import nothing of ours.
"""
