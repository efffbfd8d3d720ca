"""What a person sees while a run goes on, and after it.

Comes in: whoever shows something. May touch: standard error and, for results, standard output.
"""
