"""Looking after deployed functions: their logs and their dead letters.

Comes in: tasks.py, for `logs` and `redrive`. May touch: AWS itself, by boto3 clients of the
function's cloud; of stacks, no more than their outputs.
"""
