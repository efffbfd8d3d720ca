"""A run over stacks: who holds the environment, which stack may start, what the gate found.

Comes in: verbs that change something or try it out. May touch: preflight and all below it; the
cloud only through a deployer.
"""
