"""What can go wrong before, during and after a run.

MicrostackError                 exit code 1; one sentence, naming the next command
├── UsageError                  exit code 2: the command makes no sense as typed
│   ├── UnknownLayer
│   ├── UnknownEnvironment
│   ├── UnknownRegion
│   ├── UnknownFunction
│   └── DeployerUnavailable
├── RegionRefused               a stack's region is not one of its allowed_regions
├── Incomplete                  a function, table or layer of the checkout is half-done
├── SettingRefused              a stack file has a setting that its layer does not take
├── RunInProgress               another run has the environment to itself
├── UpstreamMissing             a layer that this one reads is not deployed
├── StillDeployed               a region that is about to be forgotten has live stacks
├── StillProtected              a setting forbids to destroy a stack
├── StillRead                   a live stack reads what is about to be destroyed
├── StillHeld                   a live stack holds on to what a deployment would delete
├── CloudMismatch               the local AWS is not the one that the states describe
├── PassphraseLost              what encrypted the local stack files and states is gone
├── LayerCycle                  the layers read each other in a circle
├── DeployFailed                a stack's operation failed
├── GateFailed                  a gate is red
├── RedriveFailed               some failed events failed again
├── AwsRefused                  AWS did not answer a request, or not as hoped
└── Interrupted                 exit code 130: Ctrl-C, after the steps in flight were finished
"""

from __future__ import annotations

from typing import ClassVar


class MicrostackError(Exception):
    """A failure that the user can act on; its text is the whole message."""

    exit_code: ClassVar[int] = 1


class UsageError(MicrostackError):
    """The command makes no sense as typed."""

    exit_code = 2


class UnknownLayer(UsageError):
    """No folder under stacks/ has that name."""


class UnknownEnvironment(UsageError):
    """Neither one of local, dev, staging and prod, nor one that has stack files."""


class UnknownRegion(UsageError):
    """The environment has no stack there."""


class UnknownFunction(UsageError):
    """No function of the system has that name."""


class DeployerUnavailable(UsageError):
    """The deployer that this environment needs is not on this machine."""


class RegionRefused(MicrostackError):
    """A stack's region is not one of its `allowed_regions`."""


class Incomplete(MicrostackError):
    """A function, table or layer of the checkout is half-done."""


class SettingRefused(MicrostackError):
    """A stack file has a setting that its layer does not take."""


class RunInProgress(MicrostackError):
    """Another run has the environment to itself."""


class UpstreamMissing(MicrostackError):
    """A layer that this one reads is not deployed in this environment."""


class StillDeployed(MicrostackError):
    """A region that is about to be forgotten has live stacks."""


class StillProtected(MicrostackError):
    """A setting forbids to destroy a stack."""


class StillRead(MicrostackError):
    """A live stack reads the stack that is about to be destroyed."""


class StillHeld(MicrostackError):
    """A live stack holds on to what a deployment would delete, as functions to their subnets."""


class CloudMismatch(MicrostackError):
    """The local AWS is not the one that the states describe."""


class PassphraseLost(MicrostackError):
    """Local stack files or states were encrypted with a passphrase that is not there any more."""


class LayerCycle(MicrostackError):
    """The layers read each other in a circle."""


class DeployFailed(MicrostackError):
    """A stack's operation failed."""


class GateFailed(MicrostackError):
    """A gate is red."""


class RedriveFailed(MicrostackError):
    """Some failed events failed again; they are still in the queue."""


class AwsRefused(MicrostackError):
    """AWS did not answer a request, or not as hoped."""


class Interrupted(MicrostackError):
    """Ctrl-C, after the steps in flight were finished."""

    exit_code = 130
