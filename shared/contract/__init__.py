"""How a layer promises, and how what it promises is read."""
