"""What every room stands on: locks that die with their process, and files replaced as a whole.

The engine, the emulator, the provider and the orchestrator may import it; it imports none of them.
"""
