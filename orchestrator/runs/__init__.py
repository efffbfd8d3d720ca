"""A run over stacks: who holds the environment, which stack may start, what the gate found."""
