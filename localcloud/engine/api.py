"""The engine's face: `Engine` is the way in, everything that goes wrong is an `EngineError`."""

from .backend import FileBackend
from .engine import Engine
from .errors import (
    ConfigError,
    ConfigInvalid,
    ConfigMissing,
    EngineError,
    ProjectInvalid,
    SecretsError,
    StackInUse,
    StackLocked,
    StackNotFound,
    StateError,
    WrongPassphrase,
)
from .events import (
    Diagnostic,
    Event,
    Notice,
    Op,
    StepFailed,
    StepFinished,
    StepStarted,
    Summary,
)
from .execution import ProgramFailed
from .goal import BadRegistration, UnsupportedOption
from .planner import InputsRefused, NotTargeted, ProtectedResource
from .project import Project, StackFile
from .providers import NoProvider
from .run import Cancelled, Options
from .session import Result
from .stepper import StepError

__all__ = [
    "BadRegistration",
    "Cancelled",
    "ConfigError",
    "ConfigInvalid",
    "ConfigMissing",
    "Diagnostic",
    "Engine",
    "EngineError",
    "Event",
    "FileBackend",
    "InputsRefused",
    "NoProvider",
    "NotTargeted",
    "Notice",
    "Op",
    "Options",
    "ProgramFailed",
    "Project",
    "ProjectInvalid",
    "ProtectedResource",
    "Result",
    "SecretsError",
    "StackFile",
    "StackInUse",
    "StackLocked",
    "StackNotFound",
    "StateError",
    "StepError",
    "StepFailed",
    "StepFinished",
    "StepStarted",
    "Summary",
    "UnsupportedOption",
    "WrongPassphrase",
]
