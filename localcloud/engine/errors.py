"""What can go wrong in the engine, as one tree.

EngineError
├── ProjectInvalid        Pulumi.yaml or a stack file is missing, unreadable or wrong
├── ConfigError
│   ├── ConfigMissing     a required configuration value is absent
│   └── ConfigInvalid     a configuration value has the wrong type or cannot be read
├── SecretsError
│   ├── WrongPassphrase   the passphrase does not fit the stack's salt
│   └── SecretsUnsupported  the stack's secrets are kept by something else than a passphrase
├── StackNotFound         no such stack in the backend
├── StackExists           a stack of that name is there already
├── StackInUse            the stack cannot be removed: it still has resources
├── StackLocked           another run holds the stack
└── StateError
    ├── StateCorrupt      a state file or journal cannot be read
    ├── StateUnsupported  the state needs a feature or a version that is not known here
    ├── StateConflict     the state was changed by others while a journal was open
    └── StateNotWritten   the disk refused a write; what was there before is intact
"""

# ruff: noqa: N818 -- these are named after what is the matter; all derive from EngineError

from __future__ import annotations


class EngineError(Exception):
    """The root: a message of one sentence that a user can act on."""


class ProjectInvalid(EngineError):
    """A project or stack file is missing, unreadable or wrong."""


class ConfigError(EngineError):
    """Something is wrong with the configuration of a stack."""


class ConfigMissing(ConfigError):
    """A required configuration value is absent."""


class ConfigInvalid(ConfigError):
    """A configuration value has the wrong type or cannot be read."""


class SecretsError(EngineError):
    """Secrets cannot be read or written."""


class WrongPassphrase(SecretsError):
    """The passphrase does not fit the stack's salt."""


class SecretsUnsupported(SecretsError):
    """The stack's secrets are kept by something else than a passphrase."""


class StackNotFound(EngineError):
    """No such stack in the backend."""


class StackExists(EngineError):
    """A stack of that name is there already."""


class StackInUse(EngineError):
    """The stack still has resources, so it cannot be removed."""


class StackLocked(EngineError):
    """Another run holds the stack."""


class StateError(EngineError):
    """The state of a stack cannot be used or kept."""


class StateCorrupt(StateError):
    """A state file or journal cannot be read."""


class StateUnsupported(StateError):
    """The state needs a feature or a version that is not known here."""


class StateConflict(StateError):
    """The state was changed by others while a journal was open."""


class StateNotWritten(StateError):
    """The disk refused a write; what was there before is intact."""
