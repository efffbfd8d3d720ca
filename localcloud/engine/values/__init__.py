"""Property values, URNs and property paths, and how they travel.

Comes in: everybody. Touches: nothing; these are values and functions of values.
"""
