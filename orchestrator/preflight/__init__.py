"""What is refused before anything is done, each refusal with the command that helps.

Comes in: runs, and verbs that destroy or forget. May touch: files, states and outputs, only to
read; a refused command has changed nothing.
"""
