"""The two deployers behind one interface, and the clouds that they deploy to.

Comes in: runs and verbs, by `open_cloud`. May touch: the engine, the Pulumi CLI, the emulator;
nobody else in the orchestrator does.
"""
