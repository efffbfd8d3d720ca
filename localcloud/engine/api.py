"""The engine's face: `Engine` is the way in, everything that goes wrong is an `EngineError`."""

from localcloud.engine.backend.backend import FileBackend
from localcloud.engine.engine import Engine
from localcloud.engine.errors import (
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
from localcloud.engine.events import (
    Diagnostic,
    Event,
    Notice,
    Op,
    StepFailed,
    StepFinished,
    StepStarted,
    Summary,
)
from localcloud.engine.planning.planner import InputsRefused, NotTargeted, ProtectedResource
from localcloud.engine.program.execution import ProgramFailed
from localcloud.engine.project.project import Project, StackFile
from localcloud.engine.provider.providers import NoProvider
from localcloud.engine.session import Result
from localcloud.engine.steps.goal import BadRegistration, UnsupportedOption
from localcloud.engine.steps.run import Cancelled, Options
from localcloud.engine.steps.step_events import StepError

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
