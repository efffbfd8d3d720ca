"""The state of a stack: its model, its file, the journal, and the rules that it keeps.

Comes in: everybody above. Touches: the one file that it is given; locks and folders are the
backend's.
"""
