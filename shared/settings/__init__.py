"""What each layer may be told: one typed model per layer, filled from its stack file.

Every field has a default (or is a secret that must be given), a unit, a range and the reason for
its default. `X.load()` reads the keys `<layer>:<field>` of the stack that runs.
"""
