"""Secrets Manager: secrets, their values and their rotation."""

from localcloud.provider.services.secretsmanager.rotation import SecretRotation
from localcloud.provider.services.secretsmanager.secret import Secret
from localcloud.provider.services.secretsmanager.versions import SecretVersion

TYPES = [Secret(), SecretVersion(), SecretRotation()]
