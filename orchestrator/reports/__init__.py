"""What happened, as data.

Comes in: runs fill it, display shows it. May touch: `.microstack/reports/`.
"""
