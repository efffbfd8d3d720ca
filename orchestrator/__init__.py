"""Which stacks, in which order, by which deployer, and what came of it."""
