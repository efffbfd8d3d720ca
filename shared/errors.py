"""What a stack program can be told is wrong, in one sentence and without a traceback.

StackError(pulumi.RunError)     Pulumi shows the text alone, as the program's error
├── ConfigError                 a key of the stack file is unknown, missing or out of range
├── RegionError               the stack stands in a region that it may not use
└── UpstreamError             a layer that this one reads has not published what it promises
"""

from __future__ import annotations

from pulumi.errors import RunError


class StackError(RunError):
    """The program cannot go on; the text names the thing, what was expected, the next command."""


class ConfigError(StackError):
    """The stack file says something that the layer's settings do not allow."""


class RegionError(StackError):
    """The stack's region is none of the allowed ones, or not the one its name says."""


class UpstreamError(StackError):
    """The upstream stack does not exist or does not publish the field."""
