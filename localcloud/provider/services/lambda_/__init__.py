"""Lambda: functions, what hangs on them, and layers."""

from localcloud.provider.services.lambda_.aliases import (
    Alias,
    FunctionEventInvokeConfig,
    Permission,
    ProvisionedConcurrencyConfig,
)
from localcloud.provider.services.lambda_.functions import Function
from localcloud.provider.services.lambda_.layers import LayerVersion
from localcloud.provider.services.lambda_.mappings import EventSourceMapping

TYPES = [
    Alias(),
    EventSourceMapping(),
    Function(),
    FunctionEventInvokeConfig(),
    LayerVersion(),
    Permission(),
    ProvisionedConcurrencyConfig(),
]
