"""Pulumi's provider protocol for the aws:* types that this system uses, over boto3.

`AwsProvider` is the servicer; `registry` lists the types; `services/` has one file per AWS service.
"""

from localcloud.provider.base.aws import ClientPool
from localcloud.provider.base.errors import ProviderError
from localcloud.provider.servicer import AwsProvider

__all__ = ["AwsProvider", "ClientPool", "ProviderError"]
