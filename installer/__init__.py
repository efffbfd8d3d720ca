"""Makes .venv from the locks: standard library only, as it runs before anything is installed.

`./invoke` starts it as `python -I installer`; `check`, `test` and `bench` call `provide` for what
only they need.
"""
